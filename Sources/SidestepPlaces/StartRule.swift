/// Whether a client may start a daemon for its user: never in the stead of one that should be there.
public struct StartRule: Sendable {
    /// What `SIDESTEP_AUTOSTART` or the caller wants.
    public enum Wish: Sendable {
        /// 0.
        case never
        /// Unset, or `quiet`: where no other daemon should be there.
        case usual
        /// 1: the user's own, also on a machine that has one for all.
        case always
    }

    /// What `SIDESTEP_AUTOSTART` or the program says.
    public var wish = Wish.usual
    /// The socket that was named, and by what; nil when the usual places were looked at.
    public var named: (path: String, origin: String)?
    /// Whether the user's own daemon is, or last was, behind that socket.
    public var namesOwn = false
    /// The file of the user's own unit.
    public var userUnit: String?
    /// Whether the machine's units are installed, on a host that systemd runs.
    public var hasSystemUnit = false
    /// Whether the machine's daemon is in use.
    public var servesMachine = false
    /// Whether the user is root.
    public var isRoot = false
    /// Whether the machine's socket is open to the user.
    public var isMember = false
    /// Whether the user's own database exists: it is what records that the user lives there.
    public var hasDatabase = false

    /// Nothing that stands in the way.
    public init() {}

    /// Why none is started, and what to do instead; nil when one may be.
    public var refusal: NoPlace? {
        if wish == .never {
            return NoPlace("no daemon is started: SIDESTEP_AUTOSTART is 0", "start one with: \(command)")
        }
        if let named, !namesOwn {
            return NoPlace(
                "none is started at a socket that was named (\(named.origin))",
                named.path == Places.systemSocket
                    ? "start the machine's daemon: systemctl start sidestepd.socket"
                    : "start one with: \(command); or name no socket, to use your own")
        }
        if let userUnit {
            return NoPlace(
                "none is started beside your unit (\(userUnit))",
                "systemctl --user start sidestepd.socket; `loginctl enable-linger` keeps it without a login")
        }
        return wish == .usual && standsInForMachine ? machine : nil
    }

    private var command: String { named.map { "sidestepd --socket \($0.path)" } ?? "sidestepd --user" }

    private var standsInForMachine: Bool {
        let usesMachine = isRoot || isMember
        return servesMachine && (usesMachine || !hasDatabase) || hasSystemUnit && usesMachine
    }

    private var machine: NoPlace {
        let own = "SIDESTEP_AUTOSTART=1 starts one of your own, with a database of its own"
        let cure =
            isRoot || isMember
            ? "start it: systemctl start sidestepd.socket"
            : "join its group (adduser NAME \(DaemonsToBe.group)) and log in anew"
        return NoPlace("none is started in the stead of the machine's daemon", "\(cure); \(own)")
    }

    /// The user's own daemon lives and is not reached: two on one database cannot be.
    public static func unreachable(_ holder: DatabaseHolder, _ database: String) -> NoPlace {
        NoPlace(
            "process \(holder.pid) has \(database), and none is started beside it",
            "it binds its socket again within seconds of losing it; else end it: kill \(holder.pid)")
    }

    /// Two daemons could be meant: the machine's answers, and the user's own database has none.
    public static func ambiguous(_ database: String) -> NoPlace {
        NoPlace(
            "the machine's daemon answers at \(Places.systemSocket), and you have a database of your own, "
                + "\(database), that no daemon serves: either could have your runs",
            "SIDESTEP_SOCKET=\(Places.systemSocket) means the machine's, SIDESTEP_AUTOSTART=1 your own; "
                + "a database that you do not need may be moved away")
    }
}
