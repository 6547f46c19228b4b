import Glibc

/// A walk through a folder: what there is, and what the kernel says of it.
struct TreeScan {
    /// How much a workspace may hold.
    struct Limit: Sendable {
        var bytes: Int64
        var entries: Int
    }

    /// A thing that was found.
    struct Found {
        let path: TreePath
        let facts: stat
        /// Of a link.
        var target: [UInt8]?
    }

    private(set) var found: [Found] = []
    /// Pipes, sockets and devices: they are neither kept nor touched.
    private(set) var strange: [TreePath] = []
    private let rules: IgnoreRules
    private let spared: Set<FileID>
    private let limit: Limit
    private var bytes: Int64 = 0

    struct FileID: Hashable {
        let device: dev_t
        let inode: ino_t

        init(_ facts: stat) { (device, inode) = (facts.st_dev, facts.st_ino) }
    }

    /// - Parameter spared: folders that are passed over, with all that is in them.
    init(
        _ top: borrowing Folder, rules: IgnoreRules, sparing spared: Set<FileID>, limit: Limit
    ) throws(WorkspaceError) {
        (self.rules, self.spared, self.limit) = (rules, spared, limit)
        guard let facts = top.facts([UInt8(ascii: ".")]) else { throw .system("cannot look at", []) }
        found.append(Found(path: [], facts: facts))
        try walk(top, [], device: facts.st_dev)
    }

    private mutating func walk(
        _ folder: borrowing Folder, _ path: TreePath, device: dev_t
    ) throws(WorkspaceError) {
        for name in try folder.names(path) {
            let place = path.isEmpty ? name : path + [UInt8(ascii: "/")] + name
            guard let facts = folder.facts(name) else { continue }
            let isDirectory = facts.kind == S_IFDIR
            if rules.ignores(place, isDirectory: isDirectory) || spared.contains(FileID(facts)) { continue }
            // Another file system is another's: a mount is not part of the tree.
            if isDirectory && facts.st_dev != device { continue }
            do throws(WorkspaceError) {
                try add(place, facts, in: folder, name)
                if isDirectory { try walk(folder.folder(name, place), place, device: device) }
            } catch {
                // Somebody at work in the folder removed it a moment ago.
                if !error.isGone { throw error }
            }
        }
    }

    private mutating func add(
        _ path: TreePath, _ facts: stat, in folder: borrowing Folder, _ name: [UInt8]
    ) throws(WorkspaceError) {
        switch facts.kind {
        case S_IFDIR: found.append(Found(path: path, facts: facts))
        case S_IFREG:
            bytes &+= Int64(facts.st_size)
            found.append(Found(path: path, facts: facts))
        case S_IFLNK:
            found.append(Found(path: path, facts: facts, target: try folder.link(name, path)))
        default: strange.append(path)
        }
        guard bytes <= limit.bytes, found.count <= limit.entries else {
            throw WorkspaceError(
                "the workspace has more than \(limit.bytes >> 20) MiB or \(limit.entries) files and folders",
                hint: "name what need not be kept in \(IgnoreRules.fileName), or raise --workspace-limit")
        }
    }
}
