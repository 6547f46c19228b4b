import Glibc

/// Whose the files of a database are: what root makes beside it belongs to them, so that the daemon can go on.
struct FileOwner {
    private let user: uid_t
    private let group: gid_t

    /// The owner of the file, or of its directory where there is none yet; nil for who is not root and makes his own.
    static func of(_ path: String) -> FileOwner? {
        guard geteuid() == 0 else { return nil }
        let directory = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) }
        var status = stat()
        guard stat(path, &status) == 0 || stat(directory ?? ".", &status) == 0 else { return nil }
        return FileOwner(user: status.st_uid, group: status.st_gid)
    }

    /// Gives a file to that owner.
    func adopt(_ path: String) { lchown(path, user, group) }

    func adopt(_ descriptor: Int32) { fchown(descriptor, user, group) }
}
