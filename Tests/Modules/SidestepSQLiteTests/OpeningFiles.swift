import SidestepStore

@testable import SidestepSQLite

extension DatabaseFile {
    /// A connection as a writer has it; the lock is kept by the connection.
    static func open(_ path: String) throws(DatabaseOpenError) -> Connection {
        try open(DatabaseLock(database: path))
    }
}

extension StoreListener {
    /// Nobody listens.
    static var none: StoreListener { StoreListener(settled: { _, _ in }, ended: { _ in }) }
}
