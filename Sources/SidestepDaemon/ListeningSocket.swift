import CSystemd
import Glibc

/// The socket the daemon accepts on: inherited from systemd, or bound by itself.
struct ListeningSocket {
    let descriptor: Int32
    /// The path to remove at the end; nil for an inherited socket, which stays.
    let ownedPath: String?

    /// unix(7): sun_path has 108 bytes, the last of them NUL.
    static let maximumPathBytes = 107

    /// sd_listen_fds(3): descriptors from 3 on, told apart by name since their order is not fixed.
    static func inherited() throws(StartError) -> ListeningSocket? {
        var names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        let count = sd_listen_fds_with_names(1, &names)
        guard count > 0 else { return nil }
        for index in 0..<Int(count) {
            let name = names?[index].map { String(cString: $0) } ?? ""
            let descriptor = Int32(3 + index)
            guard name == "rpc" || count == 1 else { continue }
            guard sd_is_socket(descriptor, AF_UNIX, Int32(SOCK_STREAM.rawValue), 1) > 0 else {
                throw StartError(
                    "the inherited descriptor '\(name)' is no listening Unix stream socket.", exitStatus: 78)
            }
            return ListeningSocket(descriptor: descriptor, ownedPath: nil)
        }
        throw StartError(
            "no inherited socket is named 'rpc' (FileDescriptorName= in the .socket unit).", exitStatus: 78)
    }

    /// Binds `path`, after making sure that nobody answers there.
    static func bind(_ path: String, isSystem: Bool) throws(StartError) -> ListeningSocket {
        guard path.utf8.count <= maximumPathBytes else {
            throw .usage(
                """
                the socket path has \(path.utf8.count) bytes, and \(maximumPathBytes) is the most a Unix socket \
                can have: \(path)
                """)
        }
        try makeDirectory(of: path, mode: isSystem ? 0o755 : 0o700)
        let lock = try SocketLock(path)
        defer { lock.release() }
        try removeStale(path)
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
        let old = umask(isSystem ? 0o117 : 0o177)
        defer { umask(old) }
        guard descriptor >= 0, withAddress(path, { Glibc.bind(descriptor, $0, $1) }) == 0,
            Glibc.listen(descriptor, 512) == 0
        else {
            throw StartError("cannot listen on \(path): \(String(cString: strerror(errno))).", exitStatus: 73)
        }
        return ListeningSocket(descriptor: descriptor, ownedPath: path)
    }

    private static func removeStale(_ path: String) throws(StartError) {
        var info = stat()
        guard lstat(path, &info) == 0 else { return }
        guard info.st_mode & S_IFMT == S_IFSOCK else {
            throw StartError(
                "\(path) exists and is no socket; it was left as it is. Name another --socket.",
                exitStatus: 73)
        }
        // Not to wait for one that hangs with a full backlog: EAGAIN, and somebody is there.
        let probe = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC | O_NONBLOCK, 0)
        defer { close(probe) }
        let problem = withAddress(path) { connect(probe, $0, $1) == 0 ? 0 : errno }
        switch problem {
        case 0, EAGAIN, EINPROGRESS:
            throw StartError(
                "another sidestepd answers on \(path). Stop it, or give this one its own --socket.",
                exitStatus: 75)
        // The file is what a killed daemon left behind.
        case ECONNREFUSED: unlink(path)
        case ENOENT: return
        default:
            throw StartError(
                "cannot find out who listens on \(path): \(String(cString: strerror(problem))).",
                exitStatus: 73)
        }
    }

    private static func withAddress(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}

/// Makes the directory of a file, and those above it.
func makeDirectory(of path: String, mode: mode_t) throws(StartError) {
    guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return }
    let directory = String(path[..<slash])
    if access(directory, F_OK) == 0 { return }
    try makeDirectory(of: directory, mode: 0o755)
    guard mkdir(directory, mode) == 0 || errno == EEXIST else {
        throw StartError(
            "cannot make the directory \(directory): \(String(cString: strerror(errno))).", exitStatus: 73)
    }
}
