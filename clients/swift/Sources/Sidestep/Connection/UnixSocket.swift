import Glibc

/// A connected Unix stream socket that closes its descriptor when it is released.
///
/// Blocking on purpose: one reader thread is simpler than an event loop, and links nothing.
package final class UnixSocket: Sendable {
    package let descriptor: Int32
    /// Where it is connected to.
    let path: String

    /// Connects to the socket at `path`.
    package init(path: String) throws(SystemError) {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SystemError("socket") }
        self.descriptor = descriptor
        self.path = path
        var address = try Self.address(of: path)
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.connect(descriptor, $0, size) }
        }
        guard status == 0 else { throw SystemError("connect") }
    }

    deinit { close(descriptor) }

    /// The user who called listen(2) on the other side: unix(7), SO_PEERCRED.
    var listenerUser: UInt32? {
        var credentials = PeerCredentials()
        var size = socklen_t(MemoryLayout<PeerCredentials>.size)
        guard getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0 else { return nil }
        return credentials.uid
    }

    /// `struct ucred`, which Glibc declares for `_GNU_SOURCE` alone.
    private struct PeerCredentials {
        var pid: Int32 = 0
        var uid: UInt32 = 0
        var gid: UInt32 = 0
    }

    /// Bytes of `sun_path`, its ending NUL included: unix(7).
    static let longestPath = 108

    private static func address(of path: String) throws(SystemError) -> sockaddr_un {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard path.utf8.count < longestPath else { throw SystemError("connect", ENAMETOOLONG) }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return address
    }

    /// Writes all bytes, or throws.
    func write(_ bytes: ArraySlice<UInt8>) throws(SystemError) {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0 && errno != EINTR { throw SystemError("send") }
            rest = rest.dropFirst(max(count, 0))
        }
    }

    /// Writes what the kernel takes now: how many bytes; all of them, also when the connection is lost.
    func writeNow(_ bytes: [UInt8]) -> Int {
        while true {
            let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
            let count = bytes.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, flags) }
            if count >= 0 { return count }
            if errno == EINTR { continue }
            return errno == EAGAIN ? 0 : bytes.count
        }
    }

    /// Lets a read that waits longer throw EAGAIN.
    func limitReads(to longest: Duration) {
        let milliseconds = max(1, longest.milliseconds)
        var time = timeval(tv_sec: milliseconds / 1000, tv_usec: milliseconds % 1000 * 1000)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
    }

    /// Reads what is there, waiting for at least one byte; 0 means the peer closed.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
        while true {
            let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            if count >= 0 { return count }
            if errno != EINTR { throw SystemError("recv") }
        }
    }

    /// Ends both directions, so that a thread blocked on the socket comes back.
    func shutDown() { _ = Glibc.shutdown(descriptor, Int32(SHUT_RDWR)) }
}

/// A failed system call, with its number.
package struct SystemError: Error, Equatable {
    let call: String
    let number: Int32

    init(_ call: String, _ number: Int32 = errno) {
        self.call = call
        self.number = number
    }

    var message: String { String(cString: strerror(number)) }
}
