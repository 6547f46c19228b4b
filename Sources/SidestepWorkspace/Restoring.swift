import CShims
import Glibc

/// Does what a plan says to a folder.
struct Restoring: ~Copyable {
    let top: Folder
    let store: ObjectStore
    /// What is where in the tree as it was looked at: what is another thing by now is not touched.
    let seen: [TreePath: Look.Seen]

    /// A name that nothing in the tree has.
    private static let temporary = Array(".sidestep-restoring".utf8)

    borrowing func perform(_ step: RestoreStep) throws(WorkspaceError) {
        switch step {
        case .remove(let entry): try remove(entry)
        case .make(let entry):
            try top.reach(entry.path) { folder, name throws(WorkspaceError) in
                Self.open(folder)
                // Open to us until all of it is there.
                guard Folder.named(name, { mkdirat(folder.descriptor, $0, 0o700) }) == 0 else {
                    throw .system("cannot make", entry.path)
                }
            }
        case .put(let entry): try put(entry)
        case .adjust(let entry):
            try top.reach(entry.path) { folder, name throws(WorkspaceError) in
                try Self.adjust(folder, name, entry)
            }
        }
    }

    /// Opens a folder that forbids its owner to change it; the end of the plan gives it its rights.
    private static func open(_ folder: borrowing Folder) {
        var info = stat()
        guard fstat(folder.descriptor, &info) == 0, info.st_mode & 0o300 != 0o300 else { return }
        fchmod(folder.descriptor, info.st_mode & 0o7777 | 0o700)
    }

    private borrowing func remove(_ entry: Entry) throws(WorkspaceError) {
        try top.reach(entry.path) { folder, name throws(WorkspaceError) in
            try check(folder, name, entry.path)
            Self.open(folder)
            let flags = entry.isDirectory ? AT_REMOVEDIR : 0
            let status = Folder.named(name) { unlinkat(folder.descriptor, $0, flags) }
            // A folder that holds something that is not kept stays, with it.
            guard status == 0 || errno == ENOENT || (entry.isDirectory && errno == ENOTEMPTY) else {
                throw .system("cannot remove", entry.path)
            }
        }
    }

    /// Whether what stands there is what was kept: else it would be lost.
    private borrowing func check(
        _ folder: borrowing Folder, _ name: [UInt8], _ path: TreePath
    ) throws(WorkspaceError) {
        guard let now = folder.facts(name) else { return }
        // What came and went in a folder meanwhile was our doing.
        if now.kind == S_IFDIR { return }
        guard let before = seen[path]?.facts, now.isUnchanged(since: before) || now.isOneOfMany(like: before)
        else {
            throw WorkspaceError(
                "\(TreeText.escaped(path)) was changed while the workspace was set back",
                hint: "end what is still at work in it, and start again: nothing was lost")
        }
    }

    private borrowing func put(_ entry: Entry) throws(WorkspaceError) {
        try top.reach(entry.path) { folder, name throws(WorkspaceError) in
            try check(folder, name, entry.path)
            Self.open(folder)
            _ = Folder.named(Self.temporary) { unlinkat(folder.descriptor, $0, 0) }
            try create(entry, folder)
            let status = Folder.named(Self.temporary) { from in
                Folder.named(name) { renameat(folder.descriptor, from, folder.descriptor, $0) }
            }
            // Two names of one file: rename(2) does nothing, and leaves the first.
            _ = Folder.named(Self.temporary) { unlinkat(folder.descriptor, $0, 0) }
            guard status == 0 else { throw .system("cannot write", entry.path) }
        }
    }

    private borrowing func create(_ entry: Entry, _ folder: borrowing Folder) throws(WorkspaceError) {
        let at = folder.descriptor
        switch entry.kind {
        case .directory: break
        case .file(_, let hash):
            let file = Folder.named(Self.temporary) { shim_create_at(at, $0, 0o600) }
            if file < 0 { throw .system("cannot write", entry.path, number: -file) }
            defer { close(file) }
            try store.copy(hash, to: file, entry.path)
            try Self.adjust(folder, Self.temporary, entry)
        case .link(let target):
            let status = Folder.named(target) { text in
                Folder.named(Self.temporary) { symlinkat(text, at, $0) }
            }
            guard status == 0 else { throw .system("cannot make the link", entry.path) }
            try Self.adjust(folder, Self.temporary, entry)
        case .sameFile(let first):
            try top.reach(first) { source, name throws(WorkspaceError) in
                let status = Folder.named(name) { from in
                    Folder.named(Self.temporary) { linkat(source.descriptor, from, at, $0, 0) }
                }
                guard status == 0 else { throw .system("cannot make the second name", entry.path) }
            }
        }
    }

    /// UTIME_OMIT of utimensat(2), which Swift does not see.
    private static let unchanged = (1 << 30) - 2

    private static func adjust(
        _ folder: borrowing Folder, _ name: [UInt8], _ entry: Entry
    ) throws(WorkspaceError) {
        if case .link = entry.kind {
        } else if Folder.named(name, { fchmodat(folder.descriptor, $0, mode_t(entry.mode), 0) }) != 0 {
            throw .system("cannot set the rights of", entry.path)
        }
        let (seconds, rest) = entry.modified.quotientAndRemainder(dividingBy: 1_000_000_000)
        let times = [
            timespec(tv_sec: 0, tv_nsec: Self.unchanged),
            // A remainder has the sign of the time.
            timespec(
                tv_sec: Int(rest < 0 ? seconds - 1 : seconds),
                tv_nsec: Int(rest < 0 ? rest + 1_000_000_000 : rest)),
        ]
        let status = Folder.named(name) { utimensat(folder.descriptor, $0, times, AT_SYMLINK_NOFOLLOW) }
        guard status == 0 else { throw .system("cannot set the time of", entry.path) }
    }
}
