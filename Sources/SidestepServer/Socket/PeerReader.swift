import CShims
import Glibc
import NIOCore
import SidestepModel

/// Who may see the runs of all users.
public struct Administrators: Sendable {
    /// The daemon's own user.
    public var uid: UInt32
    /// Members of this group, if there is one, by their primary group at connect(2).
    public var gid: UInt32?

    public init(uid: UInt32, gid: UInt32?) {
        self.uid = uid
        self.gid = gid
    }

    func include(uid: UInt32, gid: UInt32) -> Bool { uid == 0 || uid == self.uid || gid == self.gid }
}

/// Reads from the kernel who is on the other end: unix(7), SO_PEERCRED.
enum PeerReader {
    static func peer(of channel: any Channel, _ administrators: Administrators) -> EventLoopFuture<Peer> {
        guard let options = channel as? any SocketOptionProvider else {
            return channel.eventLoop.makeFailedFuture(ChannelError.operationUnsupported)
        }
        let credentials: EventLoopFuture<shim_peer> = options.unsafeGetSocketOption(
            level: .socket, name: .init(rawValue: SO_PEERCRED))
        return credentials.map { peer(of: $0, administrators) }
    }

    private static func peer(of credentials: shim_peer, _ administrators: Administrators) -> Peer {
        let start = ProcessTable.status(of: credentials.pid)?.startTicks ?? 0
        return Peer(
            uid: credentials.uid, process: ProcessIdentity(pid: credentials.pid, startTicks: start),
            isAdministrator: administrators.include(uid: credentials.uid, gid: credentials.gid))
    }
}
