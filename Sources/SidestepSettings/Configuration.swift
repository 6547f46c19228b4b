import SidestepModel

/// What the daemon was told, as values; `SettingsTable` says how each is written.
public struct Configuration: Sendable, Equatable {
    /// Where it listens.
    public var socket = ""
    /// The file of the database.
    public var database = ""
    /// Where secrets are that systemd does not hand over; empty when the user has no such directory.
    public var credentialsDirectory = ""
    /// Whether this is the system's daemon: its socket is open to a group.
    public var isSystem = false
    /// The least that is logged.
    public var logLevel = "info"
    /// Processes of this group see the runs of all users.
    public var adminGroup: Account?
    /// How long an owner whose connection closed may come back with its lease.
    public var reconnectGraceMilliseconds: Int64 = 2000
    /// How long owners may come back after the daemon was started again.
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
    /// Where traces of runs go; empty for nowhere.
    public var otlpEndpoint = ""
    /// The credential with the headers that the collector of traces wants; empty for none.
    public var otlpCredential = ""
    /// What clients may send and have at once.
    public var limits = Limits()

    /// What is usual.
    public init() {}
}

/// A user or group, as the operator named it and as the kernel knows it.
public struct Account: Sendable, Equatable {
    /// The name, as it was given.
    public let name: String
    /// The number that the system has for it.
    public let number: UInt32

    /// A user or a group that the system knows.
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

    /// Looks names up in these; nil is no such name.
    public init(
        user: @escaping @Sendable (String) -> UInt32?, group: @escaping @Sendable (String) -> UInt32?
    ) {
        self.user = user
        self.group = group
    }
}

/// Why a configuration is refused, as one sentence that says where.
public struct Mistake: Error, Equatable, CustomStringConvertible {
    /// What is wrong with the text.
    public let description: String

    /// A text that cannot be meant.
    public init(_ description: String) { self.description = description }
}
