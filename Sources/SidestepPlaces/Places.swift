/// Where the daemon's files are when nobody says otherwise: one rule for the daemon and all of its clients.
///
/// The table in docs/operating/daemon.md is this rule in words; clients/places/scenarios.json is its test.
public struct Places: Sendable {
    /// What the rule asks of the file system; tests answer themselves.
    public typealias Look = @Sendable (_ path: String, _ link: Bool) -> FileFacts?
    /// Returns the text of a small file; nil where it cannot be read.
    public typealias Read = @Sendable (_ path: String) -> String?

    private let environment: [String: String]
    /// Whose places they are.
    public let user: User
    private let look: Look
    private let read: Read

    /// - Parameter environment: without empty variables, which say nothing.
    public init(
        _ environment: [String: String], user: User = .current,
        look: @escaping Look = { FileFacts.at($0, link: $1) }, read: @escaping Read = { SmallFile.text($0) }
    ) {
        self.environment = environment.filter { !$0.value.isEmpty }
        self.user = user
        self.look = look
        self.read = read
    }

    // MARK: The machine's daemon

    /// Where the machine's daemon listens.
    public static let systemSocket = "/run/sidestep/sidestep.sock"
    /// The database of the machine's daemon.
    public static let systemDatabase = "/var/lib/sidestep/sidestep.db"
    /// The settings of the machine's daemon.
    public static let systemConfiguration = "/etc/sidestep/sidestep.conf"
    /// The secrets of the machine's daemon.
    public static let systemCredentials = "/etc/sidestep/credentials"

    // MARK: The user's daemon

    /// `$HOME` if it is a directory of the user, else what the password database says, if that is one.
    public var home: String? { [environment["HOME"], user.home].compactMap(\.self).first(where: isOwn) }

    /// Where the socket's directory is.
    public struct Runtime: Sendable, Equatable {
        /// The directory of the socket.
        public let directory: String
        /// It lies where everybody may make files, and must be closed to others.
        public let isTemporary: Bool
    }

    /// Where the user's sockets are to be: by the first of the places that can be trusted.
    public var runtime: Runtime {
        for directory in [environment["XDG_RUNTIME_DIR"], "/run/user/\(user.uid)"].compactMap(\.self)
        where isPrivate(directory) {
            return Runtime(directory: directory + "/sidestep", isTemporary: false)
        }
        let temporary = environment["TMPDIR"].flatMap { isDirectory($0) ? $0 : nil } ?? "/tmp"
        return Runtime(directory: "\(temporary)/sidestep-\(user.uid)", isTemporary: true)
    }

    /// Where a user's daemon listens when nobody says otherwise.
    public var standardSocket: String { runtime.directory + "/sidestep.sock" }

    /// The file that keeps what must last, when nobody says otherwise.
    public func standardDatabase() throws(NoPlace) -> String {
        if let state = environment["XDG_STATE_HOME"], lastsForUser(state) {
            return state + "/sidestep/sidestep.db"
        }
        if let home { return home + "/.local/state/sidestep/sidestep.db" }
        let given = environment["HOME"].map { "HOME is `\($0)`" } ?? "HOME is not set"
        let listed = user.home.map { "`\($0)`" } ?? "none"
        throw NoPlace(
            "the user \(user.name) has no home directory to keep the database in: \(given), the password database "
                + "names \(listed), and neither is a directory of that user",
            "Set HOME, or SIDESTEP_DATABASE to a file in a directory that lasts.")
    }

    /// Where the user's daemon listens: as its configuration file says, else as usual.
    public var socket: String { configured("socket") ?? standardSocket }

    /// The database of the user's daemon: as the environment says, its configuration file, or as usual.
    public func database() throws(NoPlace) -> String {
        guard let named = environment["SIDESTEP_DATABASE"] else {
            if let file = configured("database") { return file }
            return try standardDatabase()
        }
        guard named.hasPrefix("/") else {
            throw NoPlace(
                "SIDESTEP_DATABASE is `\(named)`, which begins with no slash",
                "Name the database by its whole path.")
        }
        return named
    }

    /// The user's configuration file; nil for a user without a home directory.
    public var configuration: String? {
        environment["SIDESTEP_CONFIG"] ?? settings.map { $0 + "/sidestep.conf" }
    }

    /// A path in the configuration file; what is wrong with the file the daemon tells.
    private func configured(_ name: String) -> String? {
        guard let text = configuration.flatMap(read) else { return nil }
        for line in text.split(whereSeparator: \.isNewline) {
            let parts = line.prefix { $0 != "#" }.split(separator: "=", maxSplits: 1).map(Self.trimmed)
            if parts.count == 2, parts[0] == name, parts[1].hasPrefix("/") { return parts[1] }
        }
        return nil
    }

    private static func trimmed(_ text: Substring) -> String {
        let isSpace = { (character: Character) in " \t\r".contains(character) }
        return String(text.drop(while: isSpace).reversed().drop(while: isSpace).reversed())
    }

    /// Where settings are; nil for a user without a home directory.
    public var settings: String? {
        if let directory = environment["XDG_CONFIG_HOME"], lastsForUser(directory) {
            return directory + "/sidestep"
        }
        return home.map { $0 + "/.config/sidestep" }
    }

    // MARK: What is trusted

    private func isDirectory(_ path: String) -> Bool {
        path.hasPrefix("/") && look(path, false)?.isDirectory == true
    }

    private func isOwn(_ path: String) -> Bool {
        guard path.hasPrefix("/"), let facts = look(path, false) else { return false }
        return facts.isDirectory && facts.owner == user.uid
    }

    /// The XDG specification: the user's alone. No link, for somebody else may have made it.
    private func isPrivate(_ path: String) -> Bool {
        guard path.hasPrefix("/"), let facts = look(path, true) else { return false }
        return facts.isDirectory && facts.owner == user.uid && !facts.isWritableByOthers
    }

    /// A directory for what lasts, which need not exist: then the nearest one above it decides. It may be the group's,
    /// as a umask of 002 makes it.
    private func lastsForUser(_ path: String) -> Bool {
        guard path.hasPrefix("/") else { return false }
        var directory = path[...]
        while true {
            let facts = look(directory.isEmpty ? "/" : String(directory), false)
            if let facts {
                return facts.isDirectory && facts.owner == user.uid && !facts.isWritableByAll
            }
            guard let slash = directory.lastIndex(of: "/") else { return false }
            directory = directory[..<slash]
        }
    }
}

/// Why there is no place for a file, and what to do about it.
public struct NoPlace: Error, Equatable {
    /// What is missing.
    public let message: String
    /// What to do.
    public let hint: String

    init(_ message: String, _ hint: String) {
        self.message = message
        self.hint = hint
    }
}
