import Glibc
import SidestepModel

/// What the daemon was told: by flags, then by environment, then by its configuration file, then by default.
public struct Configuration: Sendable, Equatable {
    public var socket = ""
    public var database = ""
    /// Where secrets are that systemd does not hand over.
    public var credentialsDirectory = ""
    /// Whether this is the system's daemon: its socket is open to a group.
    public var isSystem = false
    public var logLevel = "info"
    public var adminGroup: String?
    public var reconnectGraceMilliseconds: Int64 = 2000
    public var restartGraceMilliseconds: Int64 = 30_000
    /// How long closed runs are kept that no rule is about; 0 for ever.
    public var retentionDays = 30
    /// How long nothing may be to do before a daemon with systemd's socket leaves; 0 keeps it for ever.
    public var idleExitMilliseconds: Int64 = 0
    /// Users, by name or number, that programs are run for beside the daemon's own; `*` is everybody.
    public var execUsers: [String] = []
    /// Hosts that requests may go to; empty is every host.
    public var httpHosts: [String] = []
    /// Whether requests may go to loopback, private and link-local addresses.
    public var httpAllowsPrivate = false
    /// The proxy of all requests; empty for none.
    public var httpProxy = ""
    public var limits = Limits()

    public init() {}
}

/// Why the daemon does not start: a sentence and the exit status that fits, sysexits(3).
public struct StartError: Error, CustomStringConvertible {
    public let description: String
    public let exitStatus: Int32

    public init(_ description: String, exitStatus: Int32) {
        self.description = description
        self.exitStatus = exitStatus
    }

    static func usage(_ description: String) -> StartError { StartError(description, exitStatus: 64) }
}

/// Flags of the command line; nil where none was given.
public struct Flags: Sendable {
    public var socket: String?
    public var database: String?
    public var stateDirectory: String?
    public var configuration: String?
    public var logLevel: String?
    /// Run for one user even as root.
    public var user = false
    /// Run for the whole machine even as another user than root.
    public var system = false
    /// Started by a client that found no daemon: whose child we are says nothing about us.
    public var isAutostarted = false

    public init() {}
}

extension Configuration {
    /// Puts together what holds.
    ///
    /// - Throws: `StartError` for a file that cannot be read or a line that cannot be meant.
    public static func load(
        _ flags: Flags, environment: [String: String]
    ) throws(StartError) -> Configuration {
        var configuration = Configuration()
        guard !(flags.user && flags.system) else {
            throw .usage("--user and --system exclude each other; give one of them.")
        }
        configuration.isSystem = flags.system || geteuid() == 0 && !flags.user
        let places = Places(isSystem: configuration.isSystem, environment)
        configuration.socket = places.socket
        configuration.database = places.database
        configuration.credentialsDirectory = places.credentials
        try configuration.readFile(flags, environment, places)
        if let level = environment["SIDESTEP_LOG_LEVEL"] {
            try configuration.set("log_level", level, at: "SIDESTEP_LOG_LEVEL")
        }
        configuration.socket = environment["SIDESTEP_SOCKET"] ?? configuration.socket
        configuration.database = environment["SIDESTEP_DATABASE"] ?? configuration.database
        if let directory = flags.stateDirectory { configuration.database = directory + "/sidestep.db" }
        configuration.socket = flags.socket ?? configuration.socket
        configuration.database = flags.database ?? configuration.database
        if let level = flags.logLevel { try configuration.set("log_level", level, at: "--log-level") }
        return configuration
    }

    private mutating func readFile(
        _ flags: Flags, _ environment: [String: String], _ places: Places
    ) throws(StartError) {
        let named = flags.configuration ?? environment["SIDESTEP_CONFIG"]
        let path = named ?? places.configuration
        guard let text = readText(path) else {
            if named == nil { return }
            throw .usage("cannot read the configuration file \(path): \(String(cString: strerror(errno))).")
        }
        try parse(text, path)
    }

    /// Lines of `name = value`; `#` begins a comment.
    mutating func parse(_ text: String, _ path: String) throws(StartError) {
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let content = trimmed(line.prefix { $0 != "#" })
            if content.isEmpty { continue }
            let place = "\(path), line \(number + 1)"
            guard let equals = content.firstIndex(of: "=") else {
                throw .usage("\(place): expected `name = value`, found `\(content)`.")
            }
            try set(trimmed(content[..<equals]), trimmed(content[content.index(after: equals)...]), at: place)
        }
    }

    mutating func set(_ name: String, _ value: String, at place: String) throws(StartError) {
        if let path = Self.texts[name] { return self[keyPath: path] = value }
        if let path = Self.spans[name] {
            return self[keyPath: path] = Int64(try Self.number(name, value, place))
        }
        if Self.limitNames.contains(name) {
            _ = limits.set(String(name.dropFirst("limits.".count)), to: try Self.number(name, value, place))
            return
        }
        if let path = Self.lists[name] {
            return self[keyPath: path] = value.split(separator: ",").map { trimmed($0) }.filter {
                !$0.isEmpty
            }
        }
        switch name {
        case "http_allow_private":
            guard value == "yes" || value == "no" else {
                throw .usage("\(place): http_allow_private is yes or no, not `\(value)`.")
            }
            httpAllowsPrivate = value == "yes"
        case "admin_group": adminGroup = value
        case "idle_exit_ms":
            idleExitMilliseconds = value == "0" ? 0 : Int64(try Self.number(name, value, place))
        case "retention_days": retentionDays = value == "0" ? 0 : try Self.number(name, value, place)
        case "log_level":
            guard Self.logLevels.contains(value) else {
                throw .usage(
                    "\(place): log_level is one of \(Self.logLevels.joined(separator: ", ")), not `\(value)`."
                )
            }
            logLevel = value
        default:
            throw .usage(
                "\(place): there is no setting `\(name)`. Known: \(Self.names.joined(separator: ", ")).")
        }
    }

    static let logLevels = ["debug", "info", "notice", "warning", "error"]

    private static var texts: [String: WritableKeyPath<Configuration, String>] {
        [
            "socket": \.socket, "database": \.database, "credentials_directory": \.credentialsDirectory,
            "http_proxy": \.httpProxy,
        ]
    }
    private static var lists: [String: WritableKeyPath<Configuration, [String]>] {
        ["exec_users": \.execUsers, "http_hosts": \.httpHosts]
    }
    private static var spans: [String: WritableKeyPath<Configuration, Int64>] {
        ["reconnect_grace_ms": \.reconnectGraceMilliseconds, "restart_grace_ms": \.restartGraceMilliseconds]
    }
    private static let limitNames = Limits().named.map { "limits.\($0.name)" }
    static var names: [String] {
        (Array(texts.keys) + Array(lists.keys) + Array(spans.keys) + limitNames + [
            "admin_group", "http_allow_private", "idle_exit_ms", "log_level", "retention_days",
        ])
        .sorted()
    }

    private static func number(_ name: String, _ value: String, _ place: String) throws(StartError) -> Int {
        guard let number = Int(value), number > 0, number <= 1 << 40 else {
            throw .usage("\(place): \(name) is a positive whole number, not `\(value)`.")
        }
        return number
    }
}

/// Where things are when nobody says otherwise.
struct Places {
    let socket: String
    let database: String
    let configuration: String
    let credentials: String

    init(isSystem: Bool, _ environment: [String: String]) {
        if isSystem {
            socket = "/run/sidestep/sidestep.sock"
            database = "/var/lib/sidestep/sidestep.db"
            configuration = "/etc/sidestep/sidestep.conf"
            credentials = "/etc/sidestep/credentials"
            return
        }
        let home = environment["HOME"] ?? "/tmp"
        // Without a run-time directory: one of the user's own below the temporary
        // directory, where clients look, too.
        let runtime =
            environment["XDG_RUNTIME_DIR"].map { $0 + "/sidestep" }
            ?? (environment["TMPDIR"] ?? "/tmp") + "/sidestep-\(geteuid())"
        socket = runtime + "/sidestep.sock"
        database = (environment["XDG_STATE_HOME"] ?? home + "/.local/state") + "/sidestep/sidestep.db"
        let settings = (environment["XDG_CONFIG_HOME"] ?? home + "/.config") + "/sidestep"
        configuration = settings + "/sidestep.conf"
        credentials = settings + "/credentials"
    }
}

func trimmed(_ text: some StringProtocol) -> String {
    let isSpace = { (character: Character) in character == " " || character == "\t" || character == "\r" }
    let start = text.drop(while: isSpace)
    return String(start.reversed().drop(while: isSpace).reversed())
}

/// The text of a small file; nil when it cannot be read (errno says why).
func readText(_ path: String) -> String? {
    guard let file = fopen(path, "re") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes.prefix(count), as: UTF8.self)
}
