/// What says that a daemon should be there already, so that none is to be started in its stead.
public struct DaemonsToBe: Sendable {
    private let places: Places
    private let look: Places.Look

    /// Looks at the files of the host; `look` stands in for it in tests.
    public init(_ places: Places, look: @escaping Places.Look = { FileFacts.at($0, link: $1) }) {
        self.places = places
        self.look = look
    }

    /// The group that the machine's socket is open to.
    public static let group = "sidestep"
    private static let socketUnit = "sidestepd.socket"
    private static let unitDirectories = [
        "/etc/systemd", "/run/systemd", "/usr/local/lib/systemd", "/usr/lib/systemd", "/lib/systemd",
    ]

    private func exists(_ path: String) -> Bool { look(path, true) != nil }

    /// Whether systemd runs this host: sd_booted(3). Where it does not, its units mean nothing.
    private var isBooted: Bool { exists("/run/systemd/system") }

    /// Whether there is a unit of this name and it is not masked: systemctl(1), a link to /dev/null.
    private func isUnit(_ path: String) -> Bool { exists(path) && look(path, false)?.isDevice != true }

    /// Whether the machine's units are installed: the first directory that has one decides.
    public var hasSystemUnit: Bool {
        let files = Self.unitDirectories.map { "\($0)/system/\(Self.socketUnit)" }
        return isBooted && files.first(where: exists).map(isUnit) ?? false
    }

    /// Whether the machine's daemon is in use: its socket's directory is there, its unit is enabled, or it has kept
    /// something.
    public var servesMachine: Bool {
        if exists(Places.systemSocket.directory) { return true }
        let isEnabled = exists("/etc/systemd/system/sockets.target.wants/\(Self.socketUnit)")
        return hasSystemUnit && (isEnabled || exists(Places.systemDatabase.directory))
    }

    /// The file by which the user's own unit is there: one of the user's, or enabled for the user or for all; nil when
    /// there is none.
    public var userUnit: String? {
        guard isBooted else { return nil }
        let names = [
            "sockets.target.wants/\(Self.socketUnit)", "default.target.wants/sidestepd.service",
        ]
        var files = names.map { "/etc/systemd/user/\($0)" }
        if let settings = places.settings?.directory {
            files += ([Self.socketUnit, "sidestepd.service"] + names).map { "\(settings)/systemd/user/\($0)" }
        }
        return files.first(where: isUnit)
    }
}

extension String {
    /// The directory that a path lies in.
    public var directory: String {
        guard let slash = lastIndex(of: "/") else { return "." }
        return slash == startIndex ? "/" : String(self[..<slash])
    }
}
