import SidestepModel

/// Work on the database as a whole; it may take minutes.
public enum MaintenanceTask: Sendable {
    /// Writes a copy of the database as it is now; an existing file is replaced only if asked for.
    case backup(path: String, overwrites: Bool)
    /// Makes the same without a name, for a client to read.
    case copy
    /// Looks at every page and every reference.
    case check
    /// Gives free pages back to the file system. Writes wait meanwhile.
    case vacuum
}

extension MaintenanceTask {
    /// The word that names it on the wire.
    public var name: String {
        switch self {
        case .backup, .copy: "backup"
        case .check: "check"
        case .vacuum: "vacuum"
        }
    }
}

/// How far a task is that reads every page of the database once.
public struct MaintenanceProgress: Sendable, Equatable {
    /// Bytes of the database that were read.
    public var doneBytes: Int64
    /// Bytes that hold something: what there is to read.
    public var totalBytes: Int64

    /// How far a task is, out of how much.
    public init(doneBytes: Int64, totalBytes: Int64) {
        self.doneBytes = doneBytes
        self.totalBytes = totalBytes
    }
}

/// What came of it.
public enum MaintenanceReport: Sendable, Equatable {
    case backup(bytes: Int64)
    case copy(any HeldCopy)
    /// What is wrong; empty when nothing is.
    case check(problems: [String])
    case vacuum(bytesBefore: Int64, bytesAfter: Int64)
}

extension MaintenanceReport {
    /// Compares what was found; two copies are equal when they are the very same.
    public static func == (left: MaintenanceReport, right: MaintenanceReport) -> Bool {
        switch (left, right) {
        case (.backup(let left), .backup(let right)): left == right
        case (.copy(let left), .copy(let right)): left === right
        case (.check(let left), .check(let right)): left == right
        case (.vacuum(let before, let after), .vacuum(let earlier, let later)):
            before == earlier && after == later
        default: false
        }
    }
}

/// Whoever carries out maintenance, on a thread of its own, one task at a time.
public protocol StoreMaintenance: Sendable {
    /// Answers once, on any thread; `overloaded` while another task is under way.
    ///
    /// - Parameter told: how far a backup or vacuum is, at each full percent at most; a check reads pages as often as
    ///   there are references to them, and cannot tell.
    func perform(
        _ task: MaintenanceTask, told: (@Sendable (MaintenanceProgress) -> Void)?,
        _ reply: @escaping @Sendable (Result<MaintenanceReport, Failure>) -> Void)
}

/// How full the database is.
public struct StoreStatistics: Sendable, Equatable {
    /// Bytes of the file without its log.
    public var bytes: Int64
    /// Those that are free; `vacuum` gives them back.
    public var freeBytes: Int64
    /// Runs that read from another one.
    public var forks: Int64
    /// Removed runs whose rows are still to be deleted.
    public var beingRemoved: Int64
    /// Removed runs of which a fork still reads something.
    public var keptForForks: Int64
    /// When the run was closed that has been closed for longest.
    public var oldestClosed: Instant?

    /// What `system.stats` shows of the store.
    public init(
        bytes: Int64, freeBytes: Int64, forks: Int64, beingRemoved: Int64, keptForForks: Int64,
        oldestClosed: Instant?
    ) {
        self.bytes = bytes
        self.freeBytes = freeBytes
        self.forks = forks
        self.beingRemoved = beingRemoved
        self.keptForForks = keptForForks
        self.oldestClosed = oldestClosed
    }
}

/// Counts what the whole database has; it may look at every run.
public protocol StatisticsReading: AnyObject {
    /// How full it is now, as this snapshot has it.
    func statistics() throws(Failure) -> StoreStatistics
}
