import Glibc
import SidestepPlaces
import SidestepSettings

/// Why the daemon does not start: a sentence and the exit status that fits, sysexits(3).
public struct StartError: Error, CustomStringConvertible {
    /// What is wrong, and what to do about it.
    public let description: String
    /// The status that the program ends with.
    public let exitStatus: Int32

    /// An error with its text and the status to end with.
    public init(_ description: String, exitStatus: Int32) {
        self.description = description
        self.exitStatus = exitStatus
    }

    static func usage(_ description: String) -> StartError { StartError(description, exitStatus: 64) }
}

/// Flags of the command line; nil where none was given.
public struct Flags: Sendable {
    /// `--socket`.
    public var socket: String?
    /// `--database`.
    public var database: String?
    /// `--state-directory`, the folder of the database.
    public var stateDirectory: String?
    /// `--config`.
    public var configuration: String?
    /// `--log-level`.
    public var logLevel: String?
    /// Run for one user even as root.
    public var user = false
    /// Run for the whole machine even as another user than root.
    public var system = false
    /// Started by a client that found no daemon: whose child we are says nothing about us, and we make way for a
    /// daemon that is started on purpose.
    public var isAutostarted = false
    /// `--test-time`: by how many milliseconds its time is ahead of the host's at first; `system.advance` moves it.
    public var testTime: Int64?

    /// No flag at all.
    public init() {}
}

/// Puts together what holds: flags win over the environment, that over the file, that over defaults.
struct ConfigurationLoader {
    let flags: Flags
    let environment: [String: String]
    var accounts = Accounts.host
    /// Where a flag's relative path begins.
    var directory = WorkingDirectory.path()

    /// What was read.
    struct Loaded: Equatable {
        var settings: EffectiveSettings
        /// The configuration file; nil when there is none.
        var file: String?
    }

    /// - Throws: `StartError` for a file that cannot be read or a value that cannot be meant.
    func load() throws(StartError) -> Loaded {
        guard !(flags.user && flags.system) else {
            throw .usage("--user and --system exclude each other; give one of them.")
        }
        let isSystem = flags.system || geteuid() == 0 && !flags.user
        do {
            let places = Places(environment)
            var settings = EffectiveSettings(standard: try standard(isSystem, places))
            let usual = isSystem ? Places.systemConfiguration : places.settings.map { $0 + "/sidestep.conf" }
            let file = try take(file: usual, &settings)
            try settings.take(environment: environment, accounts)
            try takeFlags(&settings)
            if settings.values.database.isEmpty { throw missing(places) }
            return Loaded(settings: settings, file: file)
        } catch let mistake as Mistake {
            throw .usage(mistake.description)
        } catch {
            throw .usage("\(error)")
        }
    }

    private func standard(_ isSystem: Bool, _ places: Places) throws(Mistake) -> Configuration {
        var standard = Configuration()
        standard.isSystem = isSystem
        if isSystem {
            standard.socket = Places.systemSocket
            standard.database = Places.systemDatabase
            standard.credentialsDirectory = Places.systemCredentials
            return standard
        }
        standard.socket = places.standardSocket
        // Who has no home directory may still name a database.
        standard.database = (try? places.standardDatabase()) ?? ""
        standard.credentialsDirectory = places.settings.map { $0 + "/credentials" } ?? ""
        return standard
    }

    private func missing(_ places: Places) -> Mistake {
        do { _ = try places.standardDatabase() } catch { return Mistake("\(error.message). \(error.hint)") }
        return Mistake("no database is named.")
    }

    /// - Returns: the file that was read.
    private func take(file usual: String?, _ settings: inout EffectiveSettings) throws(Mistake) -> String? {
        let named = (flags.configuration ?? environment["SIDESTEP_CONFIG"]).map(absolute)
        guard let path = named ?? usual else { return nil }
        do {
            try settings.take(file: try TextFile.read(path), at: path, accounts)
            return path
        } catch let problem as TextFile.Problem {
            // None has to be there where nobody named one; one that is there counts.
            if named == nil, problem.isMissing { return nil }
            throw Mistake("cannot read the configuration file \(path): \(problem.reason).")
        } catch {
            throw error as? Mistake ?? Mistake("\(error)")
        }
    }

    private func takeFlags(_ settings: inout EffectiveSettings) throws(Mistake) {
        let state = try flags.stateDirectory.map { directory throws(Mistake) in
            // A unit that hands over an empty $STATE_DIRECTORY means no directory at all.
            guard !directory.isEmpty else { throw Mistake("--state-directory is empty.") }
            return absolute(directory) + "/sidestep.db"
        }
        let given: [(name: String, flag: String, text: String?)] = [
            ("database", "--state-directory", state),
            ("database", "--database", flags.database.map(absolute)),
            ("socket", "--socket", flags.socket.map(absolute)),
            ("log_level", "--log-level", flags.logLevel),
        ]
        for (name, flag, text) in given {
            guard let text, let setting = SettingsTable.named(name) else { continue }
            try settings.take(setting, text, from: .flag(flag), accounts)
        }
    }

    private func absolute(_ path: String) -> String {
        path.hasPrefix("/") || path.isEmpty ? path : directory + "/" + path
    }
}

extension Accounts {
    /// The host's own.
    static let host = Accounts(
        user: { getpwnam($0).map { $0.pointee.pw_uid } }, group: { getgrnam($0).map { $0.pointee.gr_gid } })
}

/// A small file, read whole or not at all.
enum TextFile {
    struct Problem: Error {
        let number: Int32
        var isMissing: Bool { number == ENOENT || number == ENOTDIR }
        var reason: String { String(cString: strerror(number)) }
    }

    /// Larger files are cut here; whoever reads them refuses them by their size.
    static let maximumBytes = 2 << 20

    static func read(_ path: String) throws(Problem) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { throw Problem(number: errno) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count < maximumBytes {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw Problem(number: errno) }
            if count == 0 { break }
            bytes += chunk[..<count]
        }
        return bytes
    }
}
