import Glibc
import NIOCore
import SidestepHost

/// Whose a connection is: on loopback by the kernel's table, by a Unix socket as unix(7), SO_PEERCRED, says it.
enum PeerUser {
    enum Answer: Equatable {
        case user(UInt32)
        /// No socket of that kind that somebody has: it has been closed already.
        case gone
        /// The kernel does not tell here: the token alone has to do.
        case unknown
    }

    /// The user whose files and processes are ours.
    static let own = geteuid()

    static func of(_ channel: any Channel, by entrance: Door.Entrance) -> Answer {
        switch entrance {
        case .port: onLoopback(channel)
        case .socket: PeerSocket(channel)?.user.map(Answer.user) ?? .gone
        }
    }

    private static func onLoopback(_ channel: any Channel) -> Answer {
        guard SocketTable.isThere else { return .unknown }
        guard let ours = end(channel.localAddress), let peer = end(channel.remoteAddress), peer.isLoopback
        else {
            return .gone
        }
        return SocketTable.user(from: peer, to: ours).map(Answer.user) ?? .gone
    }

    private static func end(_ address: SocketAddress?) -> ConnectionEnd? {
        address?.withSockAddr { ConnectionEnd(UnsafeRawBufferPointer(start: $0, count: $1)) }
    }
}
