import CShims
import CSystemd
import Glibc
import SidestepHost
import SidestepPlaces

/// The socket the daemon accepts on: inherited from systemd, or bound by itself.
struct ListeningSocket {
    let descriptor: Int32
    /// Where clients connect to.
    let path: String
    /// Whether it is removed at the end; an inherited socket stays.
    let isOwn: Bool
    /// The file as it was made: another one may take its path.
    var file: SocketFile?

    /// unix(7): sun_path has 108 bytes, the last of them NUL.
    static let maximumPathBytes = 107

    /// sd_listen_fds(3): descriptors from 3 on, told apart by name since their order is not fixed.
    ///
    /// - Parameter expected: what stands for the path of a socket that has none.
    static func inherited(expected: String) throws(StartError) -> ListeningSocket? {
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
            return ListeningSocket(
                descriptor: descriptor, path: boundPath(descriptor) ?? expected, isOwn: false)
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
        if !isSystem { try refuseForeignDirectory(of: path) }
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
        return ListeningSocket(
            descriptor: descriptor, path: path, isOwn: true, file: SocketFile.at(path))
    }

    /// getsockname(2): where a socket really is; nil for one without a name in the file system, unix(7).
    private static func boundPath(_ descriptor: Int32) -> String? {
        var address = sockaddr_un()
        var length = socklen_t(MemoryLayout<sockaddr_un>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        guard status == 0, Int(length) > MemoryLayout<sa_family_t>.size else { return nil }
        let bytes = withUnsafeBytes(of: &address.sun_path) { Array($0.prefix { $0 != 0 }) }
        guard bytes.first == UInt8(ascii: "/") else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    /// Where everybody may make directories, somebody else may have made ours.
    private static func refuseForeignDirectory(of path: String) throws(StartError) {
        let places = Places(DaemonMain.processEnvironment())
        guard places.runtime.isTemporary, path == places.standardSocket,
            let reason = SocketTrust.refusal(ofDirectory: path.directory, for: places.user, isTemporary: true)
        else { return }
        throw StartError("\(reason); name another --socket, or set XDG_RUNTIME_DIR.", exitStatus: 73)
    }

    /// Removes what a dead daemon left, and waits for one that is dying.
    private static func removeStale(_ path: String) throws(StartError) {
        for _ in 0..<tries {
            switch try answer(at: path) {
            case .nobody: return
            // The file is what a killed daemon left behind.
            case .left: unlink(path)
            case .ending: usleep(pause)
            case .somebody: throw alreadyThere(path)
            }
        }
        throw alreadyThere(path)
    }

    /// How often one who is dying is looked at, and how long in between (microseconds): ten seconds in all.
    private static let tries = 1000
    private static let pause: UInt32 = 10_000

    private static func alreadyThere(_ path: String) -> StartError {
        StartError(
            "another sidestepd answers on \(path). Stop it, or give this one its own --socket.",
            exitStatus: 75)
    }

    /// Who is found at a path.
    private enum Answer {
        case nobody, somebody
        /// A file that nobody listens at.
        case left
        /// Somebody who will not answer: the kernel takes connections for a killed process, too, until it has closed
        /// all that it had.
        case ending
    }

    private static func answer(at path: String) throws(StartError) -> Answer {
        var info = stat()
        guard lstat(path, &info) == 0 else { return .nobody }
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
        case 0: return isEnding(listenerOf: probe) ? .ending : .somebody
        case EAGAIN, EINPROGRESS: return .somebody
        case ECONNREFUSED: return .left
        case ENOENT: return .nobody
        default:
            throw StartError(
                "cannot find out who listens on \(path): \(String(cString: strerror(problem))).",
                exitStatus: 73)
        }
    }

    /// unix(7), SO_PEERCRED: who called listen(2).
    private static func isEnding(listenerOf connection: Int32) -> Bool {
        var peer = shim_peer()
        return shim_peer_credentials(connection, &peer) == 0 && ProcessTable.isEnding(peer.pid)
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

/// Which file a path means, whatever its name.
struct SocketFile: Equatable {
    let device: UInt64
    let inode: UInt64

    /// The file at a path; nil when there is none.
    static func at(_ path: String) -> SocketFile? {
        var info = stat()
        guard lstat(path, &info) == 0 else { return nil }
        return SocketFile(device: UInt64(info.st_dev), inode: UInt64(info.st_ino))
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
