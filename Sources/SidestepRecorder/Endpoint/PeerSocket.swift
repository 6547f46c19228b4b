import CShims
import Glibc
import NIOCore

/// What the kernel knows of the other side of a connection, and has not told us yet.
struct PeerSocket {
    private let descriptor: Int32

    /// Nil for a channel without a socket.
    init?(_ channel: any Channel) {
        let found = try? channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: Int32.self) { $0 }
        guard let found else { return nil }
        descriptor = found
    }

    /// `POLLRDHUP` of poll(2), which is not in every C library's module.
    private static let endOfInput: Int16 = 0x2000

    /// Whether it has closed the connection, or its half of it.
    var hasEnded: Bool {
        var polled = pollfd(fd: descriptor, events: Self.endOfInput, revents: 0)
        return poll(&polled, 1, 0) > 0
    }

    /// Whose it is, for a Unix socket; nil where the kernel does not tell.
    var user: UInt32? {
        var credentials = shim_peer()
        return shim_peer_credentials(descriptor, &credentials) == 0 ? credentials.uid : nil
    }
}
