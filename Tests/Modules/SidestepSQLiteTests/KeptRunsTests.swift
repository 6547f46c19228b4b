import SidestepModel
import SidestepStore
import TestSupport
import Testing

@testable import SidestepSQLite

/// The rows that the writer's connection keeps of held runs: whatever writes one, the next look reads it again.
@Suite struct KeptRunsTests {
    /// A way to write the row of a run: what it does, and what is then to be seen.
    struct Write: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let perform: @Sendable (SQLiteSession, RunRecord) throws -> Void
    }

    static let writes: [Write] = [
        Write("the run is updated") { session, run in
            var changed = run
            changed.attempt = 9
            try session.updateRun(changed, expecting: run.epoch)
        },
        Write("the run is let go of") { session, run in
            var free = run
            free.stored(as: .interrupted)
            free.lease = nil
            try session.updateRun(free, expecting: run.epoch)
        },
        Write("another connection gets it") { session, run in
            var moved = run
            moved.lease?.session = 2
            try session.updateRun(moved, expecting: run.epoch)
        },
        Write("its workflow is named") { session, run in
            try session.setRunWorkflow(key: run.key, workflow: "other", epoch: run.epoch)
        },
        Write("its origin is set") { session, run in
            try session.setOrigin(of: run.key, RunOrigin(run: run.key, sequence: 3))
        },
        Write("the clock is set") { session, _ in try session.shiftDelays(byMilliseconds: 1000) },
        Write("a budget of time is set, by a trigger") { session, run in
            try session.connection.execute("UPDATE run SET timed = 1, priority = 5 WHERE key = \(run.key)")
        },
        Write("its row is deleted") { session, run in
            try session.connection.execute("DELETE FROM run WHERE key = \(run.key)")
        },
    ]

    @Test("a row that is written is read again, whatever writes it", arguments: writes)
    func written(_ write: Write) throws {
        try withHeldRun { session, run in
            try session.connection.execute("BEGIN")
            try write.perform(session, run)
            #expect(try session.run(key: run.key) == stored(session, run.key))
            #expect(try session.runs(heldBySession: 1, limit: 2) == storedHeld(session, by: 1))
            #expect(try session.runs(heldBySession: 2, limit: 2) == storedHeld(session, by: 2))
            try session.connection.execute("COMMIT")
            session.committed()
            #expect(try session.run(key: run.key) == stored(session, run.key))
        }
    }

    @Test("what was read of a write that is undone is forgotten", arguments: writes)
    func undone(_ write: Write) throws {
        try withHeldRun { session, run in
            try session.connection.execute("BEGIN; SAVEPOINT job")
            try write.perform(session, run)
            _ = try (session.run(key: run.key), session.runs(heldBySession: 2, limit: 2))
            try session.connection.execute("ROLLBACK TO job; RELEASE job")
            session.rolledBack()
            #expect(try session.run(key: run.key) == run)
            #expect(try session.runs(heldBySession: 1, limit: 2) == [run])
            #expect(try session.runs(heldBySession: 2, limit: 2).isEmpty)
            try session.connection.execute("COMMIT")
        }
    }

    @Test("a run that a connection is granted beside another one is found at once")
    func granted() throws {
        try withHeldRun { session, run in
            #expect(try session.runs(heldBySession: 1, limit: 2).count == 1)
            var second = run
            second.id = "second"
            second.key = try session.insertRun(second, input: nil)
            #expect(try session.runs(heldBySession: 1, limit: 2).count == 2)
            #expect(try session.runs(heldBySession: 1, limit: 1).count == 1)
            second.lease = nil
            second.stored(as: .interrupted)
            try session.updateRun(second, expecting: second.epoch)
            #expect(try session.runs(heldBySession: 1, limit: 2) == [run])
        }
    }

    @Test("a newer generation of an id is what the id means from then on")
    func generations() throws {
        try withHeldRun { session, run in
            #expect(try session.run(user: 1, id: "r", generation: nil) == run)
            var newer = RunRecord(
                key: 0, id: "r", userID: 1, generation: 2, uid: "n", workflow: "w",
                now: Instant(milliseconds: 0))
            newer.key = try session.insertRun(newer, input: nil)
            #expect(try session.run(user: 1, id: "r", generation: nil) == newer)
            #expect(try session.run(user: 1, id: "r", generation: 1) == run)
        }
    }

    @Test("a kept row is not read again while nothing writes it, and a large one is not kept")
    func kept() throws {
        try withHeldRun { session, run in
            _ = try session.run(key: run.key)
            #expect(session.kept?[run.key] == run)
            var large = run
            large.id = "large"
            large.metadata = Payload(text: "\"" + String(repeating: "x", count: KeptRuns.largeBytes) + "\"")
            large.key = try session.insertRun(large, input: nil)
            _ = try session.run(key: large.key)
            #expect(session.kept?[large.key] == nil)
        }
    }

    private func withHeldRun(_ body: (SQLiteSession, RunRecord) throws -> Void) throws {
        try withRun(epoch: 7) { session, key throws in
            session.keepRuns()
            var run = try #require(try session.run(key: key))
            run.stored(as: .running)
            let owner = Owner(
                kind: .connection, process: ProcessIdentity(pid: 2, startTicks: 3), uid: 1,
                since: Instant(milliseconds: 4))
            run.lease = HeldLease(
                owner: owner, session: 1, expires: Instant(milliseconds: 5), boot: "b", grantedSequence: 6)
            try session.updateRun(run, expecting: 7)
            // Both looks are kept from here on.
            #expect(try session.run(key: key) == run)
            #expect(try session.runs(heldBySession: 1, limit: 2) == [run])
            try body(session, run)
        }
    }

    private func stored(_ session: SQLiteSession, _ key: Int64) throws -> RunRecord? {
        try session.runs.byKey.first(key) { RunRecord(&$0) }
    }

    private func storedHeld(_ session: SQLiteSession, by connection: Int64) throws -> [RunRecord] {
        try session.runs.bySession.all(connection, 2) { try? stored(session, $0.integer()) }.compactMap(
            \.self)
    }
}

extension KeptRunsTests.Write {
    init(_ description: String, _ perform: @escaping @Sendable (SQLiteSession, RunRecord) throws -> Void) {
        (testDescription, self.perform) = (description, perform)
    }
}
