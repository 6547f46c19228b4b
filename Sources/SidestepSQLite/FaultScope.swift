import SidestepModel

/// Whose a failure of SQLite is: told by its extended result code alone (<https://www.sqlite.org/rescode.html>).
enum FaultScope: Int, Comparable, Sendable {
    /// The job's that met it: SQLite has undone the statement, and the transaction goes on.
    case job
    /// The batch's: what the transaction holds cannot be trusted, or nothing can be read or written now.
    case batch
    /// The store's end: a sync failed, and what the kernel kept of the writes before it is unknown.
    case store

    init(_ extendedCode: Int32) {
        switch extendedCode {
        // SQLITE_IOERR | (4<<8), SQLITE_IOERR | (5<<8): macros that Swift does not import.
        case 10 | 4 << 8, 10 | 5 << 8: self = .store
        // SQLITE_ABORT | (2<<8): the transaction was rolled back under the statement.
        case 4 | 2 << 8: self = .batch
        default: self = Self.ofJob.contains(extendedCode & 0xff) ? .job : .batch
        }
    }

    /// What the statement or its values brought about. A code that is not here, a new one too, is the batch's.
    private static let ofJob: Set<Int32> = [
        1,  // SQLITE_ERROR
        4,  // SQLITE_ABORT
        6,  // SQLITE_LOCKED: by another statement of the same connection
        17,  // SQLITE_SCHEMA
        18,  // SQLITE_TOOBIG
        19,  // SQLITE_CONSTRAINT
        20,  // SQLITE_MISMATCH
        21,  // SQLITE_MISUSE
        23,  // SQLITE_AUTH
        25,  // SQLITE_RANGE
    ]

    /// Whether one reaches less far than the other.
    static func < (left: FaultScope, right: FaultScope) -> Bool { left.rawValue < right.rawValue }
}

extension StoreFault {
    var scope: FaultScope { FaultScope(code) }

    /// What a failure makes of the disk's condition.
    var state: StorageCondition.State { code & 0xff == 13 /* SQLITE_FULL */ ? .full : .failing }
}
