import SidestepModel

/// The settings in force, and where each of them comes from.
public struct EffectiveSettings: Sendable, Equatable {
    /// What said a value.
    public enum Origin: Sendable, Equatable, CustomStringConvertible {
        case standard
        case file(String, line: Int)
        case variable(String)
        case flag(String)

        /// As `--check-configuration` says it: the file and the line, the flag, the variable.
        public var description: String {
            switch self {
            case .standard: "default"
            case .file(let path, let line): "\(path), line \(line)"
            case .variable(let name): name
            case .flag(let name): name
            }
        }
    }

    /// What holds.
    public private(set) var values: Configuration
    private var origins: [String: Origin] = [:]

    /// - Parameter standard: what holds where nobody says otherwise.
    public init(standard: Configuration) { values = standard }

    /// What said so; what is usual has no other origin.
    public func origin(_ setting: Setting) -> Origin { origins[setting.name] ?? .standard }

    /// Takes one value; what was there before is forgotten.
    public mutating func take(
        _ setting: Setting, _ text: String, from origin: Origin, _ accounts: Accounts
    ) throws(Mistake) {
        do {
            try setting.write(&values, text, accounts)
        } catch {
            let found = error.description.hasPrefix("is ") ? ", not `\(setting.mask(text))`" : ""
            throw Mistake("\(origin): \(setting.name) \(error.description)\(found).")
        }
        origins[setting.name] = origin
    }

    /// Takes what the environment says; an empty variable says nothing.
    public mutating func take(environment: [String: String], _ accounts: Accounts) throws(Mistake) {
        for setting in SettingsTable.all {
            guard let variable = setting.variable, let text = environment[variable], !text.isEmpty else {
                continue
            }
            try take(setting, text, from: .variable(variable), accounts)
        }
    }

    /// Takes the lines of a file.
    public mutating func take(
        file bytes: [UInt8], at path: String, _ accounts: Accounts
    ) throws(Mistake) {
        for entry in try SettingsFile.entries(bytes, path) {
            try take(entry.setting, entry.value, from: .file(path, line: entry.line), accounts)
        }
    }

    /// What holds after a running daemon was told of `next`: places stay what they were when it started.
    public func reloaded(_ next: EffectiveSettings) -> EffectiveSettings {
        var result = next
        for setting in SettingsTable.all where !setting.isReloadable {
            result.keep(setting, of: self)
        }
        return result
    }

    private mutating func keep(_ setting: Setting, of other: EffectiveSettings) {
        // It was taken once, so it is taken again.
        try? setting.write(
            &values, setting.read(other.values), Accounts(user: { _ in nil }, group: { _ in nil }))
        origins[setting.name] = other.origins[setting.name]
    }

    /// The names of settings in which another configuration differs: those that a running daemon takes at once, and
    /// those that wait for its next start.
    public func changes(to next: EffectiveSettings) -> (now: [String], later: [String]) {
        let changed = SettingsTable.all.filter { $0.read(values) != $0.read(next.values) }
        return (changed.filter(\.isReloadable).map(\.name), changed.filter { !$0.isReloadable }.map(\.name))
    }
}
