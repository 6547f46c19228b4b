import Glibc

/// Looking at the folder: what is in it, with the contents of its files kept.
extension Workspace {
    /// What becomes of a file that is written all the time while it is read.
    enum Care {
        /// It is an error: what is kept may be all that will be left of it.
        case exact
        /// It is kept as it was read.
        case asItComes
    }

    /// How often a file that is being written is read again.
    private static let tries = 5

    /// Walks through the folder and keeps the contents of its files.
    ///
    /// - Parameter last: what was seen before; what has not changed since is not read again.
    func look(_ care: Care, after last: Look? = nil) throws(WorkspaceError) -> Look {
        let began = Look.now
        let top = try Folder(top: directory)
        let scan = try TreeScan(top, rules: rules(), sparing: spared, limit: limit)
        var things: [Look.Seen] = []
        things.reserveCapacity(scan.found.count)
        var first: [TreeScan.FileID: TreePath] = [:]
        for found in scan.found.sorted(by: { $0.path.lexicographicallyPrecedes($1.path) }) {
            let id = TreeScan.FileID(found.facts)
            let hasMoreNames = found.facts.kind == S_IFREG && found.facts.st_nlink > 1
            if hasMoreNames, let other = first[id] {
                let entry = Entry(found.path, .sameFile(as: other), mode: 0, modified: 0)
                things.append(Look.Seen(entry: entry, facts: found.facts))
            } else if let thing = try thing(found, after: last, top, care) {
                things.append(thing)
                if hasMoreNames { first[id] = found.path }
            }
        }
        return Look(things, began: began)
    }

    /// Nil where it has gone since it was found.
    private func thing(
        _ found: TreeScan.Found, after last: Look?, _ top: borrowing Folder, _ care: Care
    ) throws(WorkspaceError) -> Look.Seen? {
        if let known = last?.known(found) { return known }
        let facts = found.facts
        if let target = found.target {
            let entry = Entry(found.path, .link(target: target), mode: 0, modified: facts.modified)
            return Look.Seen(entry: entry, facts: facts)
        }
        guard facts.kind == S_IFREG else {
            let entry = Entry(found.path, .directory, mode: facts.rights, modified: facts.modified)
            return Look.Seen(entry: entry, facts: facts)
        }
        do throws(WorkspaceError) {
            return try keep(found.path, top, care)
        } catch {
            if error.isGone { return nil }
            throw error
        }
    }

    private func keep(
        _ path: TreePath, _ top: borrowing Folder, _ care: Care
    ) throws(WorkspaceError) -> Look.Seen {
        for count in 1...Self.tries {
            let kept = try top.reach(path) { folder, name throws(WorkspaceError) -> Look.Seen? in
                let file = try folder.file(name, path)
                defer { close(file) }
                var (before, after) = (stat(), stat())
                fstat(file, &before)
                let (size, hash) = try snapshots.store.keep(file, of: path)
                fstat(file, &after)
                let isTaken = after.isUnchanged(since: before) || (care == .asItComes && count == Self.tries)
                guard isTaken, before.kind == S_IFREG else { return nil }
                let kind = Entry.Kind.file(size: size, hash: hash)
                return Look.Seen(
                    entry: Entry(path, kind, mode: before.rights, modified: before.modified), facts: before)
            }
            if let kept { return kept }
        }
        throw WorkspaceError(
            "\(TreeText.escaped(path)) is being written all the time",
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
