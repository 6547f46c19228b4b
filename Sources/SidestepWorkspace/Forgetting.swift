import Glibc

/// Forgetting what was kept: it goes when somebody says so, and never by itself.
extension Snapshots {
    /// What is no longer there.
    public struct Forgotten: Sendable, Equatable {
        /// The trees.
        public var names: [String] = []
        /// Contents that no other tree needs, of this run or another.
        public var contents = 0
        /// Bytes of these.
        public var bytes: Int64 = 0
    }

    /// The trees that somebody means by some words.
    ///
    /// - Parameter words: names, or patterns as glob(7) has them. A pattern means trees of calls alone: what a run
    ///   began with, and what it left, goes by its own name.
    public func names(meantBy words: [String]) throws(WorkspaceError) -> [String] {
        let all = names
        var meant: Set<String> = []
        for word in words {
            let isPattern = word.contains { "*?[".contains($0) }
            let found = all.filter {
                $0 == word || isPattern && $0.hasPrefix(Self.calls) && fnmatch(word, $0, 0) == 0
            }
            if found.isEmpty {
                throw WorkspaceError(
                    isPattern ? "no tree of a call matches `\(word)`" : "there is no `\(word)`",
                    hint: "there is: " + (all.isEmpty ? "nothing" : all.joined(separator: ", ")))
            }
            meant.formUnion(found)
        }
        return all.filter(meant.contains)
    }

    /// Deletes trees, and all contents that no tree of any run needs.
    ///
    /// - Parameter names: of trees that are there.
    public func forget(_ names: [String]) throws(WorkspaceError) -> Forgotten {
        var forgotten = Forgotten()
        forgotten.names = try remove(names)
        // The program's next start waits for this, and for no longer than it takes.
        let alone = try StoreLock(store, LOCK_EX)
        defer { alone.release() }
        (forgotten.contents, forgotten.bytes) = try store.keepOnly(neededHashes())
        return forgotten
    }

    private func remove(_ names: [String]) throws(WorkspaceError) -> [String] {
        let lock = try Workspace.Lock(self)
        defer { lock.release() }
        for name in names where unlink("\(folder)/\(name)") != 0 && errno != ENOENT {
            throw .system("cannot remove", Array(name.utf8))
        }
        try syncList()
        return names
    }

    /// What the trees of all runs need.
    private func neededHashes() throws(WorkspaceError) -> Set<String> {
        var needed: Set<String> = []
        var read: Set<TreeScan.FileID> = []
        let runs = try Folder(top: root + "/runs")
        for key in try runs.names([]) {
            let other = Snapshots(root: root, key: String(decoding: key, as: UTF8.self), run: "")
            for name in other.names {
                var info = stat()
                // One tree may have many names.
                guard stat("\(other.folder)/\(name)", &info) == 0, read.insert(.init(info)).inserted else {
                    continue
                }
                needed.formUnion(try other.hashes(of: name))
            }
        }
        return needed
    }
}

extension ObjectStore {
    /// Removes all contents but some, and what a process that died had begun to keep.
    ///
    /// - Returns: how many went, and their bytes.
    func keepOnly(_ needed: Set<String>) throws(WorkspaceError) -> (count: Int, bytes: Int64) {
        var (count, bytes) = (0, Int64(0))
        let top = try Folder(top: path)
        for first in try top.names([]) {
            guard top.facts(first)?.kind == S_IFDIR else {
                _ = Folder.named(first) { unlinkat(top.descriptor, $0, 0) }
                continue
            }
            let folder = try top.folder(first, first)
            for rest in try folder.names(first) {
                let hash = String(decoding: first + rest, as: UTF8.self)
                guard !needed.contains(hash), let facts = folder.facts(rest) else { continue }
                guard Folder.named(rest, { unlinkat(folder.descriptor, $0, 0) }) == 0 else {
                    throw .system("cannot remove", rest)
                }
                (count, bytes) = (count + 1, bytes &+ Int64(facts.st_size))
            }
        }
        return (count, bytes)
    }
}
