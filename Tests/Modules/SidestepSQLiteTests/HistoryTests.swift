import SidestepModel
import SidestepStore
import TestSupport
import Testing

@testable import SidestepSQLite

/// The persistent list of messages, and what deleting leaves of it.
@Suite struct HistoryTests {
    @Test("a branch shares its beginning with its parent, and reads as one history")
    func branches() throws {
        try withSession { session, run throws in
            let trunk = try session.insertBranch(run: run, parent: nil)
            try session.appendMessages(texts(0..<6), branch: trunk, position: 0)
            let branch = try session.insertBranch(run: run, parent: HistoryPoint(branch: trunk, length: 4))
            try session.appendMessages(texts(10..<13), branch: branch, position: 4)
            let point = HistoryPoint(branch: branch, length: 7)
            #expect(try session.messages(point, 0..<7, maxBytes: .max) == texts(0..<4) + texts(10..<13))
            #expect(try session.messages(point, 3..<5, maxBytes: .max) == texts(3..<4) + texts(10..<11))
        }
    }

    @Test("a branch that begins inside what its parent shares hangs on the grandparent")
    func shortChains() throws {
        try withSession { session, run throws in
            let trunk = try session.insertBranch(run: run, parent: nil)
            try session.appendMessages(texts(0..<6), branch: trunk, position: 0)
            let middle = try session.insertBranch(run: run, parent: HistoryPoint(branch: trunk, length: 4))
            let leaf = try session.insertBranch(run: run, parent: HistoryPoint(branch: middle, length: 2))
            #expect(try session.messages.parent(of: leaf) == HistoryPoint(branch: trunk, length: 2))
        }
    }

    @Test("deleting checkpoints frees messages and blobs that nothing refers to, and no others")
    func deleting() throws {
        try withSession { session, run throws in
            let trunk = try session.insertBranch(run: run, parent: nil)
            try session.appendMessages(texts(0..<6), branch: trunk, position: 0)
            let big = Payload(repeating: UInt8(ascii: "1"), count: 2000)
            let first = try save(session, run, HistoryPoint(branch: trunk, length: 2), big, token: 1)
            _ = try save(session, run, HistoryPoint(branch: trunk, length: 6), big, token: 2)
            #expect(try count(session, "blob") == 1, "equal contents are stored once")
            #expect(try delete(session, run, before: first + 1) == 1)
            #expect(try count(session, "message") == 6)
            #expect(try count(session, "blob") == 1)
            #expect(try delete(session, run, before: 0) == 0)
            #expect(try delete(session, run, before: nil) == 1)
            #expect(try count(session, "message") == 0)
            #expect(try count(session, "branch") == 0)
            #expect(try count(session, "blob") == 0)
        }
    }

    @Test("equal values of two users are stored for each, so that nobody learns what another one has saved")
    func valuesOfUsers() throws {
        try withSession { session, run throws in
            let trunk = try session.insertBranch(run: run, parent: nil)
            let big = Payload(repeating: UInt8(ascii: "1"), count: 2000)
            for (token, user) in [(1, 1), (2, 1), (3, 2)] as [(UInt8, UserID)] {
                _ = try save(
                    session, run, HistoryPoint(branch: trunk, length: 0), big, token: token, user: user)
            }
            #expect(try count(session, "blob") == 2)
        }
    }

    @Test("one transaction deletes few pages, however large the rows are, and all of them go in the end")
    func largeRows() throws {
        try withSession { session, run throws in
            let (rows, bytes) = (6, 6 << 20)
            let trunk = try session.insertBranch(run: run, parent: nil)
            for number in 0..<rows {
                let text = Payload(repeating: UInt8(ascii: "1"), count: bytes)
                try session.appendMessages([text], branch: trunk, position: Int64(number))
            }
            let record = try #require(try session.run(key: run))
            try session.removeRun(record, now: Instant(milliseconds: 1))
            var rounds = 0
            while try session.deleteRemoved(limit: 500), rounds < 100 { rounds += 1 }
            #expect(rounds >= rows / 2 && rounds < 100)
            #expect(try count(session, "message") == 0)
            #expect(try count(session, "run") == 0)
        }
    }

    @Test("deleting a run leaves nothing of it")
    func deletingRuns() throws {
        try withSession { session, run throws in
            let trunk = try session.insertBranch(run: run, parent: nil)
            try session.appendMessages(texts(0..<3), branch: trunk, position: 0)
            let branch = try session.insertBranch(run: run, parent: HistoryPoint(branch: trunk, length: 1))
            try session.appendMessages(texts(5..<6), branch: branch, position: 1)
            _ = try save(
                session, run, HistoryPoint(branch: branch, length: 2), Payload(repeating: 0x31, count: 900),
                token: 1)
            try session.setState(run: run, name: "n", value: Payload(text: "1"), epoch: 0)
            try session.setRunTag(key: run, name: "t", value: "v")
            try session.append(run: run, at: Instant(milliseconds: 1), kind: .runCreated)
            let record = try #require(try session.run(key: run))
            try session.removeRun(record, now: Instant(milliseconds: 5))
            #expect(try session.run(user: 1, id: "r", generation: nil) == nil)
            #expect(try session.deleteRemoved(limit: 100) == false)
            for table in [
                "run", "run_payload", "run_tag", "step", "journal", "branch", "message", "checkpoint",
                "state", "blob",
            ] {
                #expect(try count(session, table) == 0, "\(table) has rows left")
            }
        }
    }

    private func texts(_ range: Range<Int>) -> [Payload] { range.map { Payload(text: "\"m\($0)\"") } }

    private func save(
        _ session: SQLiteSession, _ run: Int64, _ point: HistoryPoint, _ state: Payload, token: UInt8,
        user: UserID = 1
    ) throws -> Int64 {
        var new = NewCheckpoint(
            id: "c\(token)", run: run, user: user, tokenHash: [token], created: Instant(milliseconds: 1))
        new.history = point
        new.state = state
        return try session.insertCheckpoint(new, epoch: 0).key
    }

    /// Deletes as the use case does: checkpoints, then what nothing needs.
    private func delete(_ session: SQLiteSession, _ run: Int64, before: Int64?) throws -> Int {
        let done = try session.deleteCheckpoints(run: run, key: nil, before: before, limit: 500)
        #expect(done.isDone)
        #expect(try session.deleteUnneededMessages(run: run, below: .max, limit: 500) == nil)
        return done.deleted
    }

    private func count(_ session: SQLiteSession, _ table: String) throws -> Int {
        Int(try session.connection.value("SELECT count(*) FROM \(table)"))!
    }

    private func withSession(_ body: (SQLiteSession, Int64) throws -> Void) throws {
        let folder = temporaryFolder()
        defer { removeFolder(folder) }
        let session = try SQLiteSession(DatabaseFile.open(folder + "/sidestep.db"), StatementLibrary())
        let run = RunRecord(
            key: 0, id: "r", userID: 1, generation: 1, uid: "u", workflow: "w", now: Instant(milliseconds: 0))
        try body(session, session.insertRun(run, input: nil))
    }
}
