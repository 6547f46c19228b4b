import SidestepModel
import SidestepStore
import TestSupport
import Testing

/// What a store promises of jobs, commits and what it tells of them.
@Suite struct TransactionTests {
    private func addRun(_ bench: StoreBench, id: String = "r") throws -> Int64 {
        var key: Int64 = 0
        try bench.perform { key = try $0.insertRun(self.run(id), input: nil) }
        return key
    }

    private func run(_ id: String) -> RunRecord {
        RunRecord(
            key: 0, id: id, userID: 1, generation: 1, uid: id, workflow: "w", now: Instant(milliseconds: 0))
    }

    /// A job that sets a value of a run's state to its own name.
    private func setting(_ name: String, of run: Int64, user: UserKey = 1, failing: Bool = false) -> Work {
        Work(user: user) { store in
            try store.setState(run: run, name: name, value: Payload(text: "1"), epoch: 0)
            if failing { throw Failure(.runConflict, "no") }
        }
    }

    private func names(_ bench: StoreBench, _ run: Int64) throws -> [String] {
        try bench.read { try $0.states(run: run).map(\.name) }
    }

    @Test("a job that throws takes back what it wrote, and nothing of the others")
    func jobs() throws {
        try withStore { bench in
            let run = try addRun(bench)
            let jobs = [
                setting("a", of: run), setting("b", of: run, failing: true), setting("c", of: run),
            ]
            bench.store.writer.submit(jobs)
            bench.wait(for: jobs)
            #expect(try names(bench, run) == ["a", "c"])
            #expect(bench.failures.isEmpty)
        }
    }

    @Test("a job that throws takes back what it wrote of a run, also where others read it")
    func runs() throws {
        try withStore { bench in
            let key = try addRun(bench)
            let seen = Work { store in _ = try store.run(key: key) }
            let undone = Work { store in
                var run = try #require(try store.run(key: key))
                run.attempt = 9
                try store.updateRun(run, expecting: 0)
                #expect(try store.run(key: key)?.attempt == 9)
                throw Failure(.runConflict, "no")
            }
            let after = Work { store throws in #expect(try store.run(key: key)?.attempt == 1) }
            bench.store.writer.submit([seen, undone, after])
            bench.wait(for: [seen, undone, after])
            #expect(after.error == nil)
        }
    }

    @Test("a job sees what the jobs before it wrote")
    func order() throws {
        try withStore { bench in
            let run = try addRun(bench)
            let first = setting("a", of: run)
            let second = Work { store throws in #expect(try store.states(run: run).map(\.name) == ["a"]) }
            bench.store.writer.submit([first, second])
            bench.wait(for: [first, second])
            #expect(second.error == nil)
        }
    }

    @Test("each job is told of once, those of one user in their order", arguments: [0, 1, Int.max])
    func telling(inlineLimit: Int) throws {
        try withStore(inlineLimit: inlineLimit) { bench in
            let run = try addRun(bench)
            let random = SeededRandom(seed: 5)
            let jobs = (0..<400).map { setting("\($0)", of: run, user: UserKey(random.below(4))) }
            for start in stride(from: 0, to: jobs.count, by: 40) {
                bench.store.writer.submit(Array(jobs[start..<start + 40]))
            }
            bench.wait(for: jobs)
            let told = bench.settled.dropFirst()
            #expect(told.count == jobs.count)
            for user in UserKey(0)..<4 {
                let wanted = jobs.filter { $0.user == user }.map(ObjectIdentifier.init)
                #expect(told.filter { $0.user == user }.map(ObjectIdentifier.init) == wanted)
            }
            #expect(try names(bench, run).count == jobs.count)
        }
    }

    @Test("what the schema refuses is the job's own failure, with no word of SQL")
    func constraints() throws {
        try withStore { bench in
            let run = try addRun(bench)
            let bad = Work { store in _ = try store.insertRun(self.run("r"), input: nil) }
            let jobs = [setting("a", of: run), bad, setting("c", of: run)]
            bench.store.writer.submit(jobs)
            bench.wait(for: jobs)
            #expect(bench.failures.isEmpty)
            #expect(try names(bench, run) == ["a", "c"])
            let failure = try #require(bad.error as? Failure)
            #expect(failure.kind == .invalidArgument)
            #expect(!failure.message.contains("UNIQUE"))
        }
    }

    @Test("the numbers of the journal grow, and are never given again, not even by the next daemon")
    func sequences() throws {
        try withStore { bench in
            let run = try addRun(bench)
            var given: [Int64] = []
            func append(_ count: Int, failing: Bool = false) throws {
                try bench.perform { store in
                    for _ in 0..<count {
                        given.append(
                            try store.append(run: run, at: Instant(milliseconds: 1), kind: .runCreated))
                    }
                    #expect(try store.settledSequence() == given.last)
                    if failing { throw Failure(.runConflict, "no") }
                }
            }
            try append(3)
            #expect(throws: Failure.self) { try append(2, failing: true) }
            try append(1)
            try bench.perform { store in
                let record = try #require(try store.run(key: run))
                try store.removeRun(record, now: Instant(milliseconds: 2))
                while try store.deleteRemoved(limit: 100) {}
            }
            try bench.reopen()
            let other = try addRun(bench, id: "other")
            try bench.perform { store in
                given.append(try store.append(run: other, at: Instant(milliseconds: 1), kind: .runCreated))
            }
            #expect(given == given.sorted())
            #expect(Set(given.suffix(2)).isDisjoint(with: given.dropLast(2)))
        }
    }

    @Test("all that the journals have up to the settled sequence is there for whoever reads from then on")
    func settled() throws {
        try withStore { bench in
            let run = try addRun(bench)
            var settled: Int64 = 0
            try bench.perform { store in
                _ = try store.append(run: run, at: store.now, kind: .runCreated)
                settled = try store.settledSequence()
            }
            let bound = settled
            let found = try bench.read { try $0.history(run: run, after: 0, limit: 10).items.map(\.sequence) }
            #expect(!found.isEmpty && found.allSatisfy { $0 <= bound })
            try bench.perform { store throws in
                #expect(try store.append(run: run, at: store.now, kind: .runCreated) > bound)
            }
        }
    }

    @Test("all jobs of one commit have one time, which is the clock's, also where it goes on meanwhile")
    func time() throws {
        try withStore { bench in
            let clock = bench.clock
            var times: [Instant] = []
            let jobs = (0..<3).map { _ in
                Work { store in
                    times.append(store.now)
                    clock.advance(5)
                }
            }
            let begun = clock.now()
            bench.store.writer.submit(jobs)
            bench.wait(for: jobs)
            #expect(times == [begun, begun, begun])
            try bench.perform { #expect($0.now == clock.now()) }
        }
    }

    @Test("no commit has an earlier time than the one before it, unless somebody set the clock back")
    func timeThatGoesBack() throws {
        try withStore { bench in
            let clock = bench.clock
            var last = clock.now()
            func next(_ wanted: Instant) throws {
                try bench.perform { #expect($0.now == wanted) }
                last = wanted
            }
            try next(last)
            clock.set(by: -100)
            try next(last)
            clock.advance(99)
            try next(last)
            clock.advance(2)
            try next(last.advanced(byMilliseconds: 1))
            clock.set(by: -StoreTime.jump)
            try next(clock.now())
            clock.set(by: 3_600_000)
            try next(clock.now())
        }
    }

    @Test("a read sees all that was told of, and nothing of a job that was taken back")
    func snapshots() throws {
        try withStore { bench in
            let run = try addRun(bench)
            for number in 0..<50 {
                let job = setting("n\(number)", of: run, failing: number.isMultiple(of: 7))
                bench.store.writer.submit([job])
                bench.wait(for: [job])
                let wanted = (0...number).filter { !$0.isMultiple(of: 7) }.map { "n\($0)" }
                #expect(try Set(names(bench, run)) == Set(wanted))
            }
        }
    }

    @Test("what was submitted before the end is performed before the end", arguments: [0, Int.max])
    func closing(inlineLimit: Int) throws {
        try withStore(inlineLimit: inlineLimit) { bench in
            let run = try addRun(bench)
            bench.store.writer.submit((0..<100).map { setting("n\($0)", of: run) })
            try bench.reopen()
            #expect(try names(bench, run).count == 100)
            #expect(bench.settled.count == 101)
        }
    }
}
