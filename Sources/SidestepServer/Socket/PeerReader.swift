import CShims
import Glibc
import SidestepModel

/// Who may see the runs of all users.
public struct Administrators: Sendable {
    /// The daemon's own user.
    public var uid: UInt32
    /// Members of this group, if there is one, as they were at connect(2).
    public var gid: UInt32?

    public init(uid: UInt32, gid: UInt32?) {
        self.uid = uid
        self.gid = gid
    }

    /// - Parameter groups: all of the peer's, supplementary ones too.
    func include(uid: UInt32, groups: [UInt32]) -> Bool {
        uid == 0 || uid == self.uid || gid.map(groups.contains) ?? false
    }
}

/// Reads from the kernel who is on the other end: unix(7), SO_PEERCRED and SO_PEERGROUPS.
enum PeerReader {
    /// nil when the kernel does not tell, or when what it tells cannot be trusted for lack of descriptors.
    static func peer(of descriptor: CInt, _ administrators: Administrators) -> Peer? {
        var credentials = shim_peer()
        guard shim_peer_credentials(descriptor, &credentials) == 0 else { return nil }
        errno = 0
        let status = ProcessTable.status(of: credentials.pid)
        // A peer without a start time is taken for one that has ended.
        if status == nil, [EMFILE, ENFILE, ENOMEM].contains(errno) { return nil }
        let groups = [credentials.gid] + supplementaryGroups(of: descriptor)
        return Peer(
            uid: credentials.uid,
            process: ProcessIdentity(pid: credentials.pid, startTicks: status?.startTicks ?? 0),
            isAdministrator: administrators.include(uid: credentials.uid, groups: groups))
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
