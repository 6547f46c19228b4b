import CSQLite
import Glibc
import SidestepModel
import SidestepStore
import Synchronization
import TestSupport
import Testing

@testable import SidestepSQLite

@Suite struct ReadersTests {
    private func read<Value: Sendable>(
        _ database: SQLiteDatabase, _ body: @escaping @Sendable (any StoreReader) throws -> Value
    ) throws -> Value {
        let found = Found<Value>()
        database.readers.read(for: 1) { store in
            let result = Result { try body(store.get()) }
            found.result.withLock { $0 = result }
        }
        while true {
            if let result = found.result.withLock({ $0 }) { return try result.get() }
            sched_yield()
        }
    }

    private final class Found<Value: Sendable>: Sendable {
        let result = Mutex<Result<Value, any Error>?>(nil)
    }

    @Test("who can have no snapshot of his own is told so, and is not shown the one before")
    func noSnapshot() throws {
        let folder = temporaryFolder()
        defer { removeFolder(folder) }
        let database = try SQLiteDatabase(
            path: folder + "/sidestep.db", readers: 1, clock: TestClock(),
            listener: StoreListener(settled: { _, _ in }, ended: { _ in }))
        defer { database.close() }
        try read(database) { store in
            let connection = (store as! SQLiteSession).connection
            // No statement is that short: this reading cannot be ended, and the next one not begun.
            sqlite3_limit(connection.handle, SQLITE_LIMIT_SQL_LENGTH, 1)
        }
        let failure = #expect(throws: Failure.self) { try read(database) { try $0.openRunCounts().count } }
        #expect(failure?.message.contains("BEGIN") == false)
        #expect(throws: Failure.self) { try read(database) { try $0.openRunCounts().count } }
    }
}
