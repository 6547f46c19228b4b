import SidestepModel
import SidestepStore
import TestSupport
import Testing

@Suite("How many runs a user has, in a store")
struct RunCountTests {
    private func run(_ id: String, user: UserID) -> RunRecord {
        RunRecord(
            key: 0, id: id, userID: user, generation: 1, uid: "u-\(user)-\(id)", workflow: "w",
            now: Instant(milliseconds: 0))
    }

    @Test("grows with a run, also within the transaction, and goes with what is taken back")
    func grows() throws {
        try withStore { bench in
            try bench.perform { store throws in
                #expect(try store.runCount(user: 1) == 0)
                for id in ["a", "b"] { _ = try store.insertRun(self.run(id, user: 1), input: nil) }
                _ = try store.insertRun(self.run("a", user: 2), input: nil)
                #expect(try store.runCount(user: 1) == 2)
            }
            #expect(throws: Failure.self) {
                try bench.perform { store throws in
                    _ = try store.insertRun(self.run("c", user: 1), input: nil)
                    throw Failure(.invalidArgument, "taken back")
                }
            }
            try bench.reopen()
            #expect(try bench.read { store throws in try store.runCount(user: 1) } == 2)
            #expect(try bench.read { store throws in try store.runCount(user: 2) } == 1)
        }
    }

    @Test("does not change with what happens to a run, and the key of a new run is its own")
    func stays() throws {
        try withStore { bench in
            try bench.perform { store throws in
                var run = self.run("a", user: 1)
                run.key = try store.insertRun(run, input: nil)
                run.metadata = Payload(text: "{}")
                run.interruptions += 1
                try store.updateRun(run, expecting: 0)
                #expect(try store.runCount(user: 1) == 1)
                #expect(try store.run(key: run.key)?.id == "a")
            }
        }
    }
}
