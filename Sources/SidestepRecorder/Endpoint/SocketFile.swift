import Glibc

/// The file of the endpoint's Unix socket, for programs that can speak HTTP over one.
package struct SocketFile: Sendable {
    let path: String

    /// - Parameter path: an absolute one, so that the agent finds it from anywhere.
    package init(path: String) { self.path = path }

    /// Why there is none.
    package struct Problem: Error {
        package let message: String
    }

    /// Of sockaddr_un, with the zero at its end: unix(7).
    private static let longest = 107

    /// Makes room for it: what a recorder left there that was killed is taken away.
    ///
    /// - Throws: when somebody listens there, or it is another kind of file.
    func clear() throws(Problem) {
        guard (1...Self.longest).contains(path.utf8.count) else {
            throw Problem(message: "the path of the socket is longer than \(Self.longest) bytes: \(path)")
        }
        var found = stat()
        guard lstat(path, &found) == 0 else { return }
        guard found.st_mode & S_IFMT == S_IFSOCK else {
            throw Problem(message: "\(path) is there, and is no socket")
        }
        if isListened { throw Problem(message: "another recorder listens at \(path)") }
        unlink(path)
    }

    /// Whether somebody takes connections there.
    private var isListened: Bool {
        let probe = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard probe >= 0 else { return true }
        defer { close(probe) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(probe, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
    }

    /// Nobody but its user may open it; the peer of each connection is looked at all the same.
    func protect() { chmod(path, 0o600) }

    func remove() { unlink(path) }
}
