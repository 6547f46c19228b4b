import SidestepEngine
import SidestepModel
import SidestepStore
import TestSupport
import Testing

@Suite struct RetentionTests {
    private static let day: Int64 = 86_400_000

    @Test("closed runs go after thirty days by themselves; open ones and younger ones stay")
    func thirtyDays() throws {
        try EngineBench.with { bench throws in
            try bench.daemon.restart()
            let client = bench.daemon.connect()
            for index in 0..<450 { try close("old-\(index)", bench, client) }
            _ = try bench.resume("open", by: client)
            bench.daemon.loop.advance(20 * Self.day)
            try close("young", bench, client)
            bench.daemon.loop.advance(9 * Self.day)
            #expect(try bench.status("old-0") == .completed)
            bench.daemon.loop.advance(2 * Self.day)
            for name in ["old-0", "old-199", "old-200", "old-449"] { #expect(try bench.status(name) == nil) }
            #expect(try bench.status("young") == .completed)
            #expect(try bench.status("open") != nil)
            let left = try bench.daemon.read { try $0.statistics() }
            #expect(left.beingRemoved == 0)
        }
    }

    @Test("a closed parent stays as long as a child of it is open")
    func parents() throws {
        try EngineBench.with { bench throws in
            let client = bench.daemon.connect()
            let parent = try bench.resume("parent", by: client)
            try bench.enqueue("child", by: client) {
                $0.parent = "parent"
                $0.isDetached = true
            }
            let lease = try #require(parent.lease)
            _ = try bench.daemon.call(CompleteRun(proof: .text(lease), output: nil), by: client).get()
            let all = PruneFilter(before: Instant(milliseconds: .max), workflow: nil, status: nil)
            #expect(try bench.daemon.query(PruneRehearsal(filter: all), by: client).runs == 0)
            #expect(try bench.daemon.call(PruneRuns(filter: all), by: client).get().runs == 0)
            try close("child", bench, client)
            #expect(try bench.daemon.call(PruneRuns(filter: all), by: client).get().runs == 2)
        }
    }

    @Test("one call of prune removes at most its limit and says that there is more")
    func limit() throws {
        try EngineBench.with { bench throws in
            let client = bench.daemon.connect()
            for index in 0..<201 { try close("r-\(index)", bench, client) }
            let all = PruneFilter(before: Instant(milliseconds: .max), workflow: nil, status: nil)
            let first = try bench.daemon.call(PruneRuns(filter: all), by: client).get()
            #expect(first.runs == 200 && first.hasMore)
            let second = try bench.daemon.call(PruneRuns(filter: all), by: client).get()
            #expect(second.runs == 1 && !second.hasMore)
        }
    }

    @Test("a user prunes his own runs, and only an administrator makes rules")
    func users() throws {
        try EngineBench.with { bench throws in
            let (one, other) = (bench.daemon.connect(uid: 1000), bench.daemon.connect(uid: 1001))
            try close("mine", bench, one)
            let all = PruneFilter(before: Instant(milliseconds: .max), workflow: nil, status: nil)
            #expect(try bench.daemon.call(PruneRuns(filter: all), by: other).get().runs == 0)
            let rule = PutRetention(workflow: nil, status: nil, keep: .forever)
            #expect(kind(bench.daemon.call(rule, by: one)) == .notPermitted)
            let root = bench.daemon.connect(uid: 0)
            #expect(try bench.daemon.call(rule, by: root).get().rules.count == 1)
            let open = PutRetention(workflow: nil, status: .running, keep: .forever)
            #expect(kind(bench.daemon.call(open, by: root)) == .invalidArgument)
        }
    }

    @Test("a very long run is deleted in batches while other runs get on")
    func batches() throws {
        try EngineBench.with { bench throws in
            let client = bench.daemon.connect()
            let lease = try #require(try bench.resume("long", by: client).lease)
            for index in 0..<1200 {
                var step = CompleteStep(proof: .text(lease), step: "s\(index)")
                step.output = Payload(text: "1")
                _ = try bench.daemon.call(step, by: client).get()
            }
            _ = try bench.daemon.call(CompleteRun(proof: .text(lease), output: nil), by: client).get()
            #expect(try bench.daemon.call(DeleteRun(run: "long"), by: client).get())
            #expect(try bench.status("long") == nil)
            #expect(try bench.daemon.read { try $0.statistics() }.beingRemoved == 1)
            bench.daemon.loop.advance(DeleteBatch.pause)
            #expect(try bench.daemon.read { try $0.statistics() }.beingRemoved == 1)
            let again = try bench.resume("long", by: client)
            #expect(again.created && again.run.generation == 2)
            bench.daemon.loop.advance(20 * DeleteBatch.pause)
            #expect(try bench.daemon.read { try $0.statistics() }.beingRemoved == 0)
        }
    }

    @Test("whoever waits for a run learns that it was deleted, and a deleted run never wakes")
    func waiters() throws {
        try EngineBench.with { bench throws in
            let (one, other) = (bench.daemon.connect(), bench.daemon.connect())
            try bench.enqueue("awaited", by: one)
            let lease = try #require(try bench.resume("waiter", by: other).lease)
            let wait = bench.wait("w", [WaitCondition(.run, "awaited")], lease: lease, by: other)
            #expect(wait.result == nil)
            #expect(try bench.daemon.call(DeleteRun(run: "awaited"), by: one).get())
            bench.daemon.loop.turn()
            #expect(wait.output?.contains("cancelled") == true)
            let sleeper = try #require(try bench.resume("sleeper", by: one).lease)
            _ = bench.wait("nap", [], lease: sleeper, end: .after(60_000), wait: 0, by: one)
            _ = try bench.daemon.call(SuspendRun(proof: .text(sleeper), steps: nil), by: one).get()
            #expect(try bench.daemon.call(DeleteRun(run: "sleeper"), by: one).get())
            bench.daemon.loop.advance(120_000)
            #expect(try bench.daemon.read { try $0.timers(run: nil, user: nil, limit: 10) }.isEmpty)
        }
    }

    private enum DeleteBatch {
        static let pause: Int64 = 10
    }

    private func close(_ name: String, _ bench: EngineBench, _ client: TestClient) throws {
        let lease = try #require(try bench.resume(name, by: client).lease)
        _ = try bench.daemon.call(CompleteRun(proof: .text(lease), output: nil), by: client).get()
    }
}
