import CShims
import Glibc
import SidestepHost
import SidestepModel

/// Who may see the runs of all users.
public struct Administrators: Sendable {
    /// The daemon's own user.
    public var uid: UserID
    /// Members of this group, if there is one, as they were at connect(2).
    public var gid: UInt32?

    /// Root, the daemon's own user, and the members of a group if one is named.
    public init(uid: UserID, gid: UInt32?) {
        self.uid = uid
        self.gid = gid
    }

    /// - Parameter groups: all of the peer's, supplementary ones too.
    func include(uid: UserID, groups: [UInt32]) -> Bool {
        uid == .root || uid == self.uid || gid.map(groups.contains) ?? false
    }
}

/// Reads from the kernel who is on the other end: unix(7), SO_PEERCRED, SO_PEERGROUPS and SO_PEERPIDFD.
enum PeerReader {
    /// nil when the kernel does not tell, or when what it tells cannot be trusted for lack of descriptors.
    ///
    /// - Parameter place: of the daemon that sees it.
    static func peer(of descriptor: CInt, _ administrators: Administrators, place: Int64) -> Peer? {
        var credentials = shim_peer()
        guard shim_peer_credentials(descriptor, &credentials) == 0,
            let start = start(of: credentials.pid, descriptor)
        else { return nil }
        let user = UserID(credentials.uid)
        let groups = [credentials.gid] + supplementaryGroups(of: descriptor)
        return Peer(
            uid: user,
            process: ProcessIdentity(pid: credentials.pid, startTicks: start, place: place),
            isAdministrator: administrators.include(uid: user, groups: groups))
    }

    /// When the peer started; 0 when that is hidden, nil when there is no descriptor to look with.
    ///
    /// It may have ended since connect(2), and its number be another's by now: what is read of that number is
    /// the peer's only while its pidfd, looked at afterwards, says that it lives. There is none before Linux 6.5.
    private static func start(of pid: Int32, _ descriptor: CInt) -> Int64? {
        let pidfd = shim_peer_pidfd(descriptor)
        defer { if pidfd >= 0 { close(pidfd) } }
        let finding = ProcessTable.look(at: pid)
        if pidfd >= 0, hasEnded(pidfd) { return ProcessIdentity.endedTicks }
        switch finding {
        case .ended: return ProcessIdentity.endedTicks
        case .lives(let status): return status.startTicks
        case .hidden: return hasDescriptors ? 0 : nil
        }
    }

    private static func hasEnded(_ pidfd: CInt) -> Bool {
        var poller = pollfd(fd: pidfd, events: Int16(POLLIN), revents: 0)
        return poll(&poller, 1, 0) > 0
    }

    private static var hasDescriptors: Bool {
        let probe = open("/dev/null", O_RDONLY | O_CLOEXEC)
        guard probe < 0 else { return close(probe) == 0 }
        return ![EMFILE, ENFILE, ENOMEM].contains(errno)
    }

    /// Empty where the kernel does not know the question (before Linux 4.13).
    static func supplementaryGroups(of descriptor: CInt) -> [UInt32] {
        var groups = [UInt32](repeating: 0, count: 64)
        var count = shim_peer_groups(descriptor, &groups, Int32(groups.count))
        if count > groups.count {
            groups = [UInt32](repeating: 0, count: Int(count))
            count = shim_peer_groups(descriptor, &groups, count)
        }
        return Array(groups.prefix(max(0, min(Int(count), groups.count))))
    }
}
