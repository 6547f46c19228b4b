import Glibc
import Synchronization

/// A folder that is set back to what it held when its run began, each time the run's program starts again.
///
/// What is there before it is set back is kept first, so nothing is ever removed of which there is no copy.
public struct Workspace: Sendable {
    /// The folder, by its whole path without links.
    public let directory: String
    /// What was kept of it.
    public let snapshots: Snapshots
    let limit: TreeScan.Limit
    /// What was seen last, for all copies of this value.
    private let last = LastLook()

    private final class LastLook: Sendable { let look = Mutex<Look?>(nil) }

    /// - Parameters:
    ///   - directory: the folder.
    ///   - bytes: how much it may hold.
    /// - Throws: `WorkspaceError` when it is no folder, or the one that everything is in.
    public init(_ directory: String, _ snapshots: Snapshots, bytes: Int64 = 2 << 30) throws(WorkspaceError) {
        guard let real = realpath(directory, nil) else {
            throw .system("no workspace", Array(directory.utf8))
        }
        defer { free(real) }
        self.directory = String(cString: real)
        self.snapshots = snapshots
        limit = TreeScan.Limit(bytes: bytes, entries: 500_000)
        if self.directory == "/" {
            throw WorkspaceError("/ is no workspace", hint: "name the folder that the program works in")
        }
        try snapshots.prepare()
    }

    /// What was done before a start of the program.
    public enum Preparation: Sendable, Equatable {
        /// It is the first one: so many files and folders were kept.
        case kept(entries: Int)
        /// It was set back; what was there is kept under this name.
        case restored(before: String, changes: Int)
        /// It was as it had been.
        case unchanged
    }

    /// Makes the folder ready for a start of the run's program.
    public func prepare() throws(WorkspaceError) -> Preparation {
        try alone { last throws(WorkspaceError) in
            if let other = snapshots.directory, other != directory {
                throw WorkspaceError(
                    "the workspace of this run is \(other), not \(directory)",
                    hint: "name that one, or begin a run of its own")
            }
            if snapshots.has(Snapshots.start) { return try restore(Snapshots.start, keeping: "end", &last) }
            try snapshots.note(directory: directory)
            let look = try look(.exact)
            try save(look, as: Snapshots.start, &last)
            return .kept(entries: look.tree.entries.count)
        }
    }

    /// Keeps what the folder holds now under a name, while the program may be at work.
    ///
    /// What has not changed since it was looked at last is not read again. A file that is being written is kept as it
    /// was read.
    public func keep(_ name: String) throws(WorkspaceError) {
        try alone { last throws(WorkspaceError) in
            // What its files held is there as long as the tree is: somebody may have it forgotten.
            let known = last.flatMap { snapshots.has($0.name) ? $0 : nil }
            let look = try look(.asItComes, after: known)
            if let known, known.tree == look.tree, snapshots.link(known.name, as: name) {
                last = look
                last?.name = name
            } else {
                try save(look, as: name, &last)
            }
        }
    }

    /// Sets the folder back to a tree that was kept; what is there is kept first.
    public func restore(_ name: String) throws(WorkspaceError) -> Preparation {
        try alone { last throws(WorkspaceError) in try restore(name, keeping: "before-restore", &last) }
    }

    /// Fills the folder, which has to be empty, with a tree of the run that this one is a fork of, and begins with it.
    ///
    /// - Parameter last: up to which call what was kept before calls is the fork's, too.
    /// - Returns: how many files and folders there are.
    public func begin(
        with name: String, of other: Snapshots, callsUpTo last: Int64
    ) throws(WorkspaceError) -> Int {
        try alone { _ throws(WorkspaceError) in
            if snapshots.has(Snapshots.start) {
                throw WorkspaceError(
                    "the run has its workspace: \(snapshots.directory ?? "")",
                    hint: "make another fork")
            }
            try Self.refuseFull(directory)
            let target = try other.tree(name)
            try perform(RestorePlan(from: look(.exact).tree, to: target), [:])
            try snapshots.note(directory: directory)
            try snapshots.adoptCalls(of: other, upTo: last)
            try snapshots.save(target, as: Snapshots.start)
            return target.entries.count
        }
    }

    /// Refuses a folder that holds anything.
    public static func refuseFull(_ directory: String) throws(WorkspaceError) {
        guard try Folder(top: directory).names([]).isEmpty else {
            throw WorkspaceError(
                "\(directory) is not empty", hint: "name an empty folder, or one that is not there yet")
        }
    }

    /// What the folder holds now, with its contents kept.
    public func present() throws(WorkspaceError) -> Tree { try look(.exact).tree }

    private func restore(
        _ name: String, keeping kind: String, _ last: inout Look?
    ) throws(WorkspaceError) -> Preparation {
        let target = try snapshots.tree(name)
        let before = snapshots.next(kind)
        var look = try look(.exact)
        let plan = RestorePlan(from: look.tree, to: target)
        if plan.steps.isEmpty {
            look.name = name
            last = look
            return .unchanged
        }
        try save(look, as: before, &last)
        try perform(plan, look.seen)
        return .restored(before: before, changes: look.tree.changes(to: target).count)
    }

    private func save(_ look: Look, as name: String, _ last: inout Look?) throws(WorkspaceError) {
        try snapshots.save(look.tree, as: name)
        last = look
        last?.name = name
    }

    private func perform(_ plan: RestorePlan, _ seen: [TreePath: Look.Seen]) throws(WorkspaceError) {
        let restoring = Restoring(top: try Folder(top: directory), store: snapshots.store, seen: seen)
        for step in plan.steps { try restoring.perform(step) }
    }

    /// Does something that nobody else does to this run's workspace meanwhile, while no contents go.
    private func alone<Result: Sendable>(
        _ body: (inout Look?) throws(WorkspaceError) -> Result
    ) throws(WorkspaceError) -> Result {
        try last.look.withLock { look throws(WorkspaceError) in
            let lock = try Lock(snapshots)
            defer { lock.release() }
            let store = try StoreLock(snapshots.store, LOCK_SH)
            defer { store.release() }
            return try body(&look)
        }
    }
}
