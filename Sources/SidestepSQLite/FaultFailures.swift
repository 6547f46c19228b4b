import CSQLite
import SidestepModel

extension Failure {
    /// What a caller is told of a fault: whether it is his call's alone, and what he can do.
    /// No word of SQLite's is in it.
    init(_ fault: StoreFault) {
        self =
            switch fault.code & 0xff {
            case SQLITE_FULL: Self.diskIsFull
            case SQLITE_TOOBIG: Self.valueIsTooLarge
            default: fault.scope == .job ? Self.callIsRefused : Self.storeFailed
            }
        self.fault = fault
    }

    static let diskIsFull = Failure(
        .storageFull, "the disk is full; nothing was recorded",
        hint: """
            Free space on the file system of the database, or remove runs that are not needed (sidestep prune); \
            writing resumes by itself, finished steps still replay.
            """)

    private static let storeFailed = Failure(
        .storageError, "the database could not be read or written; nothing was recorded",
        hint: "See the daemon's log; the call may be sent again.")

    private static let valueIsTooLarge = Failure(
        .payloadTooLarge, "a value is larger than the database takes; the call was refused alone",
        hint: "Send less in one value.")

    /// A constraint of the schema, for example. What may be sent is checked before, so this is a mistake of ours.
    private static let callIsRefused = Failure(
        .invalidArgument, "the database cannot hold what the call would record; it was refused alone",
        hint: """
            Sending it again does not help. If no name or id in it is given twice, it is a mistake of the daemon, \
            whose log names the statement: please report it.
            """)

    /// What an operator reads of it: the store's own words, where there are some.
    var reason: String { fault?.sentence ?? message }

    /// Whether the file itself is damaged.
    var isOfDamage: Bool { fault.map { [SQLITE_CORRUPT, SQLITE_NOTADB].contains($0.code & 0xff) } ?? false }
}
