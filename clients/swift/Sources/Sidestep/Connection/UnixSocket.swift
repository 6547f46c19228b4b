import SidestepLibC

/// A connected Unix stream socket that closes its descriptor when it is released.
///
/// Blocking on purpose: one reader thread is simpler than an event loop, and links nothing.
package final class UnixSocket: Sendable {
    package let descriptor: Int32
    /// Where it is connected to.
    let path: String

    /// Connects to the socket at `path`.
    package init(path: String) throws(SystemError) {
        let descriptor = System.streamSocket()
        guard descriptor >= 0 else { throw SystemError("socket") }
        self.descriptor = descriptor
        self.path = path
        let address = try Self.address(of: path)
        guard System.connect(descriptor, to: address) == 0 else { throw SystemError("connect") }
    }

    deinit { close(descriptor) }

    /// The user who called listen(2) on the other side.
    var listenerUser: UInt32? { System.listener(of: descriptor) }

    /// Bytes of `sun_path`, its ending NUL included: unix(7).
    static let longestPath = MemoryLayout.size(ofValue: sockaddr_un().sun_path)

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
                send(descriptor, $0.baseAddress, $0.count, System.sendFlags)
            }
            if count < 0 && errno != EINTR { throw SystemError("send") }
            rest = rest.dropFirst(max(count, 0))
        }
    }

    /// Writes what the kernel takes now: how many bytes; all of them, also when the connection is lost.
    func writeNow(_ bytes: ArraySlice<UInt8>) -> Int {
        while true {
            let flags = System.sendFlags | Int32(MSG_DONTWAIT)
            let count = bytes.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, flags) }
            if count >= 0 { return count }
            if errno == EINTR { continue }
            return errno == EAGAIN ? 0 : bytes.count
        }
    }

    /// Waits until the kernel takes more or has something; whether it has.
    func waitUntilWritableOrReadable() -> Bool {
        var polled = pollfd(fd: descriptor, events: Int16(POLLIN | POLLOUT), revents: 0)
        return poll(&polled, 1, -1) > 0 && polled.revents & Int16(POLLIN | POLLHUP) != 0
    }

    /// Lets a read that waits longer throw EAGAIN.
    func limitReads(to longest: Duration) {
        System.limitReads(descriptor, milliseconds: max(1, longest.milliseconds))
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
    func shutDown() { System.shutDown(descriptor) }
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
