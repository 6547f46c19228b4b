import SidestepLibC

/// What decides whether a path is trusted.
public struct FileFacts: Sendable, Equatable {
    /// The uid of the owner.
    public var owner: UInt32
    /// Type and permissions, as stat(2) has them.
    public var mode: UInt32
    /// Which file it is within its file system.
    public var inode: UInt64 = 0

    /// Facts that were found, or that a test makes.
    public init(owner: UInt32, mode: UInt32, inode: UInt64 = 0) {
        self.owner = owner
        self.mode = mode
        self.inode = inode
    }

    /// Whether it is a directory.
    public var isDirectory: Bool { isType(S_IFDIR) }
    /// Whether it is a Unix socket.
    public var isSocket: Bool { isType(S_IFSOCK) }
    var isDevice: Bool { isType(S_IFCHR) }
    private func isType(_ type: mode_t) -> Bool { mode & UInt32(S_IFMT) == UInt32(type) }
    var isWritableByAll: Bool { mode & 0o002 != 0 }
    var isWritableByOthers: Bool { mode & 0o022 != 0 }
    var isOpenToOthers: Bool { mode & 0o077 != 0 }

    /// The file at a path; nil when there is none that can be seen.
    ///
    /// - Parameter link: look at a symbolic link itself.
    public static func at(_ path: String, link: Bool = false) -> FileFacts? {
        var status = stat()
        guard (link ? lstat(path, &status) : stat(path, &status)) == 0 else { return nil }
        return FileFacts(owner: status.st_uid, mode: UInt32(status.st_mode), inode: UInt64(status.st_ino))
    }
}
