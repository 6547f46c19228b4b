import NIOCore
import SidestepHost

/// Whose a connection is, as the kernel knows it.
enum PeerUser {
    /// Whether the kernel tells whose connections are.
    static var isTold: Bool { SocketTable.isThere }

    /// The user at the other end; nil where that cannot be found out.
    static func of(_ channel: any Channel) -> UInt32? {
        guard let ours = channel.localAddress.flatMap(ConnectionEnd.init),
            let peer = channel.remoteAddress.flatMap(ConnectionEnd.init)
        else { return nil }
        return SocketTable.user(from: peer, to: ours)
    }
}

extension ConnectionEnd {
    /// Nil for what is no address of the internet protocol.
    init?(_ address: SocketAddress) {
        let found = address.withSockAddr { pointer, size in
            ConnectionEnd(UnsafeRawBufferPointer(start: pointer, count: size))
        }
        guard let found else { return nil }
        self = found
    }
}
