import SidestepLibC

/// The daemon that has a database, as the lock file beside the database names it: lines of `pid N`, `socket PATH` and,
/// for one that a client started, `private`.
public struct DatabaseHolder: Sendable, Equatable {
    /// Its process, as the lock file names it.
    public var pid: Int32
    /// Where it listens; nil when the file does not say.
    public var socket: String?
    /// A client started it for its user; it makes way for one that was started on purpose.
    public var isPrivate = false

    /// Reads the text of a lock file; the first daemons wrote nothing but their number.
    public init?(_ text: String) {
        var found: Int32?
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 1).map(String.init)
            switch words[0] {
            case "pid": found = words.count > 1 ? Int32(words[1]) : nil
            case "socket": socket = words.count > 1 ? words[1] : nil
            case "private": isPrivate = true
            default: found = found ?? Int32(words[0])
            }
        }
        guard let found, found > 0 else { return nil }
        pid = found
    }

    /// What the lock file of a database says, whether or not that daemon still lives.
    public static func last(of database: String, for user: User) -> DatabaseHolder? {
        let descriptor = open(database + ".lock", O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            status.st_uid == user.uid || status.st_uid == 0
        else { return nil }
        return SmallFile.text(descriptor, limit: 4096).flatMap(DatabaseHolder.init)
    }

    /// Whether this process holds the lock now, by the kernel's own list: proc(5), /proc/locks.
    ///
    /// Taking the lock to try it would keep out a daemon that is being started at this moment.
    public func holds(_ database: String) -> Bool {
        let inodes = [database + ".lock", database].compactMap { FileFacts.at($0)?.inode }
        let descriptor = open("/proc/locks", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return kill(pid, 0) == 0 || errno == EPERM }
        defer { close(descriptor) }
        return (SmallFile.text(descriptor, limit: 16 << 20) ?? "").split(separator: "\n").contains { line in
            let words = line.split(separator: " ")
            // "1: FLOCK  ADVISORY  WRITE 812 fe:01:4711 0 EOF"; the device is another one on overlays.
            guard words.count > 5, words[1] == "FLOCK", words[4] == "\(pid)" else { return false }
            return words[5].split(separator: ":").last.flatMap { UInt64($0) }.map(inodes.contains) ?? false
        }
    }
}
