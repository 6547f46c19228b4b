import Glibc

/// A folder that is set back to what it held when its run began, each time the run's program starts again.
///
/// What is there before it is set back is kept first, so nothing is ever removed of which there is no copy.
public struct Workspace: Sendable {
    /// The folder, by its whole path without links.
    public let directory: String
    /// What was kept of it.
    public let snapshots: Snapshots
    private let limit: TreeScan.Limit

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
        let lock = try Lock(snapshots)
        defer { lock.release() }
        if let other = snapshots.directory, other != directory {
            throw WorkspaceError(
                "the workspace of this run is \(other), not \(directory)",
                hint: "name that one, or begin a run of its own")
        }
        guard snapshots.has(Snapshots.start) else {
            try snapshots.note(directory: directory)
            return .kept(entries: try keep(as: Snapshots.start).tree.entries.count)
        }
        return try restore(Snapshots.start, keeping: "end")
    }

    /// Keeps what the folder holds now under a name.
    public func keep(_ name: String) throws(WorkspaceError) {
        let lock = try Lock(snapshots)
        defer { lock.release() }
        _ = try keep(as: name)
    }

    /// Sets the folder back to a tree that was kept; what is there is kept first.
    public func restore(_ name: String) throws(WorkspaceError) -> Preparation {
        let lock = try Lock(snapshots)
        defer { lock.release() }
        return try restore(name, keeping: "before-restore")
    }

    /// What the folder holds now, with its contents kept.
    public func present() throws(WorkspaceError) -> Tree { try look().tree }

    private func restore(_ name: String, keeping kind: String) throws(WorkspaceError) -> Preparation {
        let target = try snapshots.tree(name)
        let before = snapshots.next(kind)
        let (tree, seen) = try look()
        let plan = RestorePlan(from: tree, to: target)
        if plan.steps.isEmpty { return .unchanged }
        try snapshots.save(tree, as: before)
        let restoring = Restoring(top: try Folder(top: directory), store: snapshots.store, seen: seen)
        for step in plan.steps { try restoring.perform(step) }
        return .restored(before: before, changes: tree.changes(to: target).count)
    }

    private func keep(as name: String) throws(WorkspaceError) -> (tree: Tree, seen: [TreePath: stat]) {
        let found = try look()
        try snapshots.save(found.tree, as: name)
        return found
    }

    /// Walks through the folder and keeps the contents of its files.
    private func look() throws(WorkspaceError) -> (tree: Tree, seen: [TreePath: stat]) {
        let top = try Folder(top: directory)
        let scan = try TreeScan(top, rules: rules(), sparing: spared, limit: limit)
        var seen: [TreePath: stat] = [:]
        var first: [TreeScan.FileID: TreePath] = [:]
        var entries: [Entry] = []
        for found in scan.found.sorted(by: { $0.path.lexicographicallyPrecedes($1.path) }) {
            let id = TreeScan.FileID(found.facts)
            let isFile = found.facts.kind == S_IFREG
            if isFile, found.facts.st_nlink > 1, let other = first[id] {
                entries.append(Entry(found.path, .sameFile(as: other), mode: 0, modified: 0))
                seen[found.path] = found.facts
                continue
            }
            if isFile { first[id] = found.path }
            let (entry, facts) = try entry(of: found, top)
            entries.append(entry)
            seen[found.path] = facts
        }
        return (Tree(entries), seen)
    }

    /// How often a file that is being written is read again.
    private static let tries = 5

    private func entry(of found: TreeScan.Found, _ top: borrowing Folder) throws(WorkspaceError) -> (
        Entry, stat
    ) {
        let facts = found.facts
        if let target = found.target {
            return (Entry(found.path, .link(target: target), mode: 0, modified: facts.modified), facts)
        }
        guard facts.kind == S_IFREG else {
            return (Entry(found.path, .directory, mode: facts.rights, modified: facts.modified), facts)
        }
        for _ in 0..<Self.tries {
            let kept = try top.reach(found.path) { folder, name throws(WorkspaceError) -> (Entry, stat)? in
                let file = try folder.file(name, found.path)
                defer { close(file) }
                var (before, after) = (stat(), stat())
                fstat(file, &before)
                let (size, hash) = try snapshots.store.keep(file, of: found.path)
                fstat(file, &after)
                guard after.isUnchanged(since: before), before.kind == S_IFREG else { return nil }
                let kind = Entry.Kind.file(size: size, hash: hash)
                return (Entry(found.path, kind, mode: after.rights, modified: after.modified), after)
            }
            if let kept { return kept }
        }
        throw WorkspaceError(
            "\(TreeText.escaped(found.path)) is being written all the time",
            hint: "end what is still at work in \(directory), or name it in \(IgnoreRules.fileName)")
    }

    private func rules() throws(WorkspaceError) -> IgnoreRules {
        let file = open("\(directory)/\(IgnoreRules.fileName)", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return try IgnoreRules() }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = read(file, &bytes, bytes.count)
        return try IgnoreRules(String(decoding: bytes[..<max(0, count)], as: UTF8.self))
    }

    /// What is ours is no part of any workspace, and no run may set it back.
    private var spared: Set<TreeScan.FileID> {
        var info = stat()
        let parent = snapshots.root.split(separator: "/").dropLast().joined(separator: "/")
        return stat("/" + parent, &info) == 0 ? [TreeScan.FileID(info)] : []
    }
}

extension Workspace {
    /// Keeps two processes from working on one run's workspace at once.
    struct Lock {
        let file: Int32

        /// How often, and how long in between (microseconds), a lock is asked for that another process has: one that
        /// was killed while it made a child leaves it to that until the child executes its program.
        private static let tries = 100
        private static let pause: UInt32 = 20_000

        init(_ snapshots: Snapshots) throws(WorkspaceError) {
            file = open(snapshots.folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            if file < 0 { throw .system("cannot open", Array(snapshots.folder.utf8)) }
            for _ in 0..<Self.tries {
                if flock(file, LOCK_EX | LOCK_NB) == 0 { return }
                usleep(Self.pause)
            }
            close(file)
            throw WorkspaceError(
                "another process works on this workspace", hint: "try again when it has ended")
        }

        func release() {
            // A child that is being made has it, too, until it executes its program: closing alone keeps the lock.
            flock(file, LOCK_UN)
            close(file)
        }
    }
}
