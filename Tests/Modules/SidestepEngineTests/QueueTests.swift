import SidestepEngine
import SidestepModel
import TestSupport
import Testing

@Suite struct QueueTests {
    @Test("two workers against one run: one gets it, the other goes on waiting")
    func twoWorkers() throws {
        try EngineBench.with { bench throws in
            let (one, two, person) = (bench.daemon.connect(), bench.daemon.connect(), bench.daemon.connect())
            let claims = [bench.claim(wait: 1000, by: one), bench.claim(wait: 1000, by: two)]
            try bench.enqueue("r", by: person)
            #expect(claims.map(\.run) == ["r", nil])
            #expect(claims[1].result == nil)
            bench.daemon.loop.advance(1000)
            #expect(claims[1].result != nil)
            #expect(claims[1].run == nil)
        }
    }

    @Test("the highest priority goes first, the oldest among equals")
    func order() throws {
        try EngineBench.with { bench throws in
            let (worker, person) = (bench.daemon.connect(), bench.daemon.connect())
            for (name, priority) in [("a", 0), ("b", 5), ("c", 0), ("d", 5), ("e", -1)] {
                try bench.enqueue(name, by: person) { $0.placement.priority = Int64(priority) }
            }
            #expect((0..<5).map { _ in bench.claim(by: worker).run } == ["b", "d", "a", "c", "e"])
            #expect(bench.claim(by: worker).result != nil)
        }
    }

    @Test("a worker that cannot take what was offered hands the offer on")
    func handingOn() throws {
        try EngineBench.with { bench throws in
            let (old, new, person) = (bench.daemon.connect(), bench.daemon.connect(), bench.daemon.connect())
            let first = bench.claim(wait: 1000, version: "1", by: old)
            let second = bench.claim(wait: 1000, version: "2", by: new)
            try bench.enqueue("r", by: person) { $0.placement.pinnedVersion = "2" }
            #expect(first.result == nil)
            #expect(second.run == "r")
        }
    }

    @Test("an interrupted run goes to the next worker at once, with its finished steps")
    func interrupted() throws {
        try EngineBench.with { bench throws in
            let (one, two, person) = (bench.daemon.connect(), bench.daemon.connect(), bench.daemon.connect())
            try bench.enqueue("r", by: person)
            let lease = try bench.claim(by: one).result!.get()!.granted.lease!
            _ = bench.daemon.call(CompleteStep(proof: .text(lease), step: "s"), by: one)
            let next = bench.claim(wait: 1000, by: two)
            bench.daemon.kill(one)
            #expect(next.run == "r")
        }
    }

    @Test("a run that kills its workers waits longer each time, and is paused in the end")
    func crashLoop() throws {
        try EngineBench.with { bench throws in
            let person = bench.daemon.connect()
            try bench.enqueue("r", by: person) { $0.maxInterruptions = 3 }
            for delay in [0, 0, 1000, 2000] {
                let worker = bench.daemon.connect()
                let claim = bench.claim(wait: 100_000, by: worker)
                if delay > 0 {
                    bench.daemon.loop.advance(Int64(delay) - 1)
                    #expect(claim.result == nil)
                    bench.daemon.loop.advance(1)
                }
                #expect(claim.run == "r")
                bench.daemon.kill(worker)
            }
            #expect(try bench.status("r") == .paused)
        }
    }

    @Test("a delayed run is handed out when its time comes, over a restart too")
    func delayed() throws {
        try EngineBench.with { bench throws in
            let person = bench.daemon.connect()
            try bench.enqueue("r", by: person) { $0.delay = 5000 }
            try bench.daemon.restart()
            let worker = bench.daemon.connect()
            let claim = bench.claim(wait: 10_000, by: worker)
            bench.daemon.loop.advance(4999)
            #expect(claim.result == nil)
            bench.daemon.loop.advance(1)
            #expect(claim.run == "r")
        }
    }

    @Test("a queue's limit holds at the limit, and a run that ends makes room")
    func concurrency() throws {
        try EngineBench.with { bench throws in
            let (worker, person) = (bench.daemon.connect(), bench.daemon.connect())
            var put = PutQueue(queue: "default")
            put.concurrency = 2
            _ = try bench.daemon.call(put, by: person).get()
            for name in ["a", "b", "c"] { try bench.enqueue(name, by: person) }
            let lease = try bench.claim(by: worker).result!.get()!.granted.lease!
            #expect(bench.claim(by: worker).run == "b")
            let third = bench.claim(wait: 1000, by: worker)
            #expect(third.result == nil)
            _ = bench.daemon.call(CompleteRun(proof: .text(lease), output: nil), by: worker)
            #expect(third.run == "c")
        }
    }

    @Test("runs of one key share the limit per key, and others pass them")
    func keys() throws {
        try EngineBench.with { bench throws in
            let (worker, person) = (bench.daemon.connect(), bench.daemon.connect())
            var put = PutQueue(queue: "default")
            put.keyConcurrency = 1
            _ = try bench.daemon.call(put, by: person).get()
            for (name, key) in [("a1", "a"), ("a2", "a"), ("b1", "b"), ("free", "")] {
                try bench.enqueue(name, by: person) { $0.placement.concurrencyKey = key.isEmpty ? nil : key }
            }
            #expect((0..<3).map { _ in bench.claim(by: worker).run } == ["a1", "b1", "free"])
            #expect(bench.claim(by: worker).run == nil)
        }
    }

    @Test("a queue's rate lets runs through one by one, and a restart does not refill it")
    func rate() throws {
        try EngineBench.with { bench throws in
            let person = bench.daemon.connect()
            var put = PutQueue(queue: "default")
            put.rate = Rate(count: 2, milliseconds: 1000)
            _ = try bench.daemon.call(put, by: person).get()
            for number in 0..<4 { try bench.enqueue("r\(number)", by: person) }
            var worker = bench.daemon.connect()
            #expect((0..<3).map { _ in bench.claim(by: worker).run } == ["r0", "r1", nil])
            try bench.daemon.restart()
            worker = bench.daemon.connect()
            let claim = bench.claim(wait: 10_000, by: worker)
            #expect(claim.result == nil)
            bench.daemon.loop.advance(500)
            #expect(claim.run == "r2")
        }
    }

    @Test("a paused queue hands out nothing until it goes on")
    func paused() throws {
        try EngineBench.with { bench throws in
            let (worker, person) = (bench.daemon.connect(), bench.daemon.connect())
            _ = bench.daemon.call(PauseQueue(queue: "default", isPaused: true), by: person)
            try bench.enqueue("r", by: person)
            let claim = bench.claim(wait: 1000, by: worker)
            #expect(claim.result == nil)
            _ = bench.daemon.call(PauseQueue(queue: "default", isPaused: false), by: person)
            #expect(claim.run == "r")
        }
    }

    @Test("the same id or the same de-duplication key is the same run")
    func duplicates() throws {
        try EngineBench.with { bench throws in
            let (worker, person) = (bench.daemon.connect(), bench.daemon.connect())
            #expect(try bench.enqueue("a", by: person) { $0.placement.dedupKey = "k" }.created)
            #expect(try !bench.enqueue("a", by: person).created)
            let same = try bench.enqueue("b", by: person) { $0.placement.dedupKey = "k" }
            #expect(!same.created)
            #expect(same.view.run.id == "a")
            let lease = try bench.claim(by: worker).result!.get()!.granted.lease!
            _ = bench.daemon.call(CompleteRun(proof: .text(lease), output: nil), by: worker)
            #expect(try bench.enqueue("b", by: person) { $0.placement.dedupKey = "k" }.created)
        }
    }

    @Test("a run that nobody claims in time fails, and says why")
    func startDeadline() throws {
        try EngineBench.with { bench throws in
            let person = bench.daemon.connect()
            try bench.enqueue("r", by: person) { $0.startWithin = 1000 }
            bench.daemon.loop.advance(999)
            #expect(try bench.status("r") == .queued)
            bench.daemon.loop.advance(1)
            #expect(try bench.status("r") == .failed)
        }
    }

    @Test("another user's runs are not handed out, not even to an administrator's worker")
    func users() throws {
        try EngineBench.with { bench throws in
            let (person, root) = (bench.daemon.connect(uid: 1000), bench.daemon.connect(uid: 0))
            try bench.enqueue("r", by: person)
            #expect(bench.claim(by: bench.daemon.connect(uid: 1001)).run == nil)
            #expect(bench.claim(by: root).run == nil)
            #expect(bench.claim(by: person).run == "r")
        }
    }
}
