import Glibc

/// An open folder of a tree: everything in it is reached by its name from here, and no link is ever followed.
struct Folder: ~Copyable {
    let descriptor: Int32

    /// Opens a folder by its whole path, links followed: the top of a workspace.
    init(top: String) throws(WorkspaceError) {
        descriptor = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if descriptor < 0 { throw .system("cannot open", Array(top.utf8)) }
    }

    private init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// A folder in this one.
    func folder(_ name: [UInt8], _ path: TreePath) throws(WorkspaceError) -> Folder {
        let found = Self.named(name) {
            openat(descriptor, $0, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        }
        if found < 0 { throw .system("cannot open", path) }
        return Folder(descriptor: found)
    }

    /// Does something in the folder that holds a path, with the last part of it.
    func reach<Result>(
        _ path: TreePath, _ body: (borrowing Folder, [UInt8]) throws(WorkspaceError) -> Result
    ) throws(WorkspaceError) -> Result {
        let parts = path.split(separator: UInt8(ascii: "/")).map(Array.init)
        var folder = Folder(descriptor: dup(descriptor))
        if folder.descriptor < 0 { throw .system("cannot open", path) }
        for (count, part) in parts.dropLast().enumerated() {
            folder = try folder.folder(part, Array(parts[...count].joined(separator: [UInt8(ascii: "/")])))
        }
        return try body(folder, parts.last ?? [UInt8(ascii: ".")])
    }

    /// What stands under a name, links not followed; nil when nothing does.
    func facts(_ name: [UInt8]) -> stat? {
        var info = stat()
        return Self.named(name) { fstatat(descriptor, $0, &info, AT_SYMLINK_NOFOLLOW) } == 0 ? info : nil
    }

    /// The names in it, in the order of their bytes.
    func names(_ path: TreePath) throws(WorkspaceError) -> [[UInt8]] {
        // A descriptor of its own: the place in the list belongs to the open file.
        let own = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard own >= 0, let stream = fdopendir(own) else { throw .system("cannot read", path) }
        defer { closedir(stream) }
        var names: [[UInt8]] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                if errno != 0 { throw .system("cannot read", path) }
                break
            }
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { text in
                    (0..<strlen(text)).map { UInt8(bitPattern: text[$0]) }
                }
            }
            if name != [UInt8(ascii: ".")] && name != Array("..".utf8) { names.append(name) }
        }
        return names.sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// The text of a symbolic link.
    func link(_ name: [UInt8], _ path: TreePath) throws(WorkspaceError) -> [UInt8] {
        var buffer = [CChar](repeating: 0, count: 4097)
        let count = Self.named(name) { readlinkat(descriptor, $0, &buffer, buffer.count) }
        if count < 0 { throw .system("cannot read the link", path) }
        return buffer[..<count].map(UInt8.init(bitPattern:))
    }

    /// Opens a file to read.
    func file(_ name: [UInt8], _ path: TreePath) throws(WorkspaceError) -> Int32 {
        // A pipe that stands there by now is not waited for.
        let file = Self.named(name) { openat(descriptor, $0, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC) }
        if file < 0 { throw .system("cannot read", path) }
        return file
    }

    /// Calls the C library with a name.
    static func named<Result>(_ name: [UInt8], _ body: (UnsafePointer<CChar>) -> Result) -> Result {
        (name + [0]).withUnsafeBufferPointer { bytes in
            bytes.withMemoryRebound(to: CChar.self) { body($0.baseAddress!) }
        }
    }
}

extension stat {
    var kind: mode_t { st_mode & S_IFMT }
    var rights: UInt32 { UInt32(st_mode & 0o7777) }
    var modified: Int64 { st_mtim.nanoseconds }
    /// When anything of the inode changed.
    var changed: Int64 { st_ctim.nanoseconds }

    /// Whether it is the same file in the same state: nobody can set the time of the last change of an inode.
    func isUnchanged(since other: stat) -> Bool {
        st_dev == other.st_dev && st_ino == other.st_ino && st_size == other.st_size
            && st_mode == other.st_mode
            && st_ctim.tv_sec == other.st_ctim.tv_sec && st_ctim.tv_nsec == other.st_ctim.tv_nsec
    }

    /// Whether it is a file of several names with the same content: another name that goes changes its inode.
    func isOneOfMany(like other: stat) -> Bool {
        other.st_nlink > 1 && st_dev == other.st_dev && st_ino == other.st_ino && st_size == other.st_size
            && modified == other.modified
    }
}

extension timespec {
    var nanoseconds: Int64 { Int64(tv_sec) &* 1_000_000_000 &+ Int64(tv_nsec) }
}
