/// A process that cannot be taken for another one: its id alone is recycled, with its start time it is not.
public struct ProcessIdentity: Sendable, Hashable {
    /// Its number, as the daemon sees it; another process may get it when this one is gone.
    public var pid: Int32
    /// Clock ticks after boot at which it started: proc(5), field 22 of `/proc/PID/stat`; 0 when unknown.
    public var startTicks: Int64
    /// The daemon that sees it: a number of its own in a store that several share, 0 where one daemon has the store.
    /// Processes of other hosts, and of other containers of one host, have the same numbers.
    public var place: Int64

    /// The process that had this number and started then; nothing here looks whether it lives.
    public init(pid: Int32, startTicks: Int64, place: Int64 = 0) {
        self.pid = pid
        self.startTicks = startTicks
        self.place = place
    }

    /// The start of a process that ended before anybody could look: no process has it.
    public static let endedTicks: Int64 = -1

    /// Whether it can be told from another process with its number.
    public var isStartKnown: Bool { startTicks > 0 }
}

/// The process on the other end of a connection, as the kernel vouches for it.
public struct Peer: Sendable, Hashable {
    /// The user it had when it connected: SO_PEERCRED, unix(7).
    public var uid: UserID
    /// The process that connected; others that were given the connection pass for it.
    public var process: ProcessIdentity
    /// Root, the daemon's own user or a member of the admin group: sees the runs of all users.
    public var isAdministrator: Bool
    /// Whether it is the daemon itself that acts.
    public var isDaemon = false

    /// A client; the daemon itself is `daemon`.
    public init(uid: UserID, process: ProcessIdentity, isAdministrator: Bool) {
        self.uid = uid
        self.process = process
        self.isAdministrator = isAdministrator
    }

    /// The daemon itself.
    public static let daemon: Peer = {
        var peer = Peer(
            uid: 0, process: ProcessIdentity(pid: 0, startTicks: 0), isAdministrator: true)
        peer.isDaemon = true
        return peer
    }()

    /// Whose turn it takes.
    public var user: UserKey { isDaemon ? -1 : UserKey(uid) }
}

/// The process that executes a run now.
public struct Owner: Sendable, Hashable {
    /// What ends its lease when nobody says anything.
    public var kind: OwnerKind
    /// The process that is watched; with `owner: process` it may be an ancestor of the caller (`owner_pid`).
    public var process: ProcessIdentity
    /// The user of that process: `owner.uid` on the wire.
    public var uid: UserID
    /// When the run was granted to it; a budget of wall time counts from here.
    public var since: Instant

    /// The owner of a run from `since` on.
    public init(kind: OwnerKind, process: ProcessIdentity, uid: UserID, since: Instant) {
        self.kind = kind
        self.process = process
        self.uid = uid
        self.since = since
    }
}

/// What ends an owner's lease by itself.
public enum OwnerKind: String, Sendable {
    /// The connection closes (after a grace period) or its process ends.
    case connection
    /// The process ends, over however many connections it used.
    case process
    /// Time runs out without a renewal.
    case ttl
}
