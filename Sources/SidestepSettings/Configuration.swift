import SidestepModel

/// What the daemon was told, as values; `SettingsTable` says how each is written.
public struct Configuration: Sendable, Equatable {
    public var socket = ""
    public var database = ""
    /// Where secrets are that systemd does not hand over; empty when the user has no such directory.
    public var credentialsDirectory = ""
    /// Whether this is the system's daemon: its socket is open to a group.
    public var isSystem = false
    public var logLevel = "info"
    /// Processes of this group see the runs of all users.
    public var adminGroup: Account?
    public var reconnectGraceMilliseconds: Int64 = 2000
    public var restartGraceMilliseconds: Int64 = 30_000
    /// How long closed runs are kept that no rule is about; 0 for ever.
    public var retentionDays: Int64 = 30
    /// How long nothing may be to do before a daemon with systemd's socket leaves; 0 keeps it for ever.
    public var idleExitMilliseconds: Int64 = 0
    /// Users that programs are run for beside the daemon's own.
    public var execUsers = ExecUsers.named([])
    /// Hosts that requests may go to; empty is every host.
    public var httpHosts: [String] = []
    /// Whether requests may go to loopback, private and link-local addresses.
    public var httpAllowsPrivate = false
    /// The proxy of all requests; empty for none.
    public var httpProxy = ""
    public var limits = Limits()

    public init() {}
}

/// A user or group, as the operator named it and as the kernel knows it.
public struct Account: Sendable, Equatable {
    public let name: String
    public let number: UInt32

    public init(name: String, number: UInt32) {
        self.name = name
        self.number = number
    }
}

/// For whom the daemon runs programs.
public enum ExecUsers: Sendable, Equatable {
    case everybody
    case named([Account])
}

/// How names become numbers: the host's databases of users and groups.
public struct Accounts: Sendable {
    let user: @Sendable (String) -> UInt32?
    let group: @Sendable (String) -> UInt32?

    public init(
        user: @escaping @Sendable (String) -> UInt32?, group: @escaping @Sendable (String) -> UInt32?
    ) {
        self.user = user
        self.group = group
    }
}

/// Why a configuration is refused, as one sentence that says where.
public struct Mistake: Error, Equatable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}
