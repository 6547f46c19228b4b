import SidestepModel

/// One setting: its name, what it may be, what it is for, and where its value goes.
///
/// Files, flags, the environment, the checker, `system.info` and the reference page all follow from it.
public struct Setting: Sendable {
    typealias Read = @Sendable (Configuration) -> String
    typealias Write = @Sendable (inout Configuration, String, Accounts) throws(Mistake) -> Void

    /// What stands before the `=`.
    public let name: String
    /// What it may be, as the reference page says it.
    public let form: String
    /// What it is for, as one sentence without a full stop.
    public let summary: String
    /// Whether SIGHUP changes it.
    public let isReloadable: Bool
    /// The variable of the environment that says the same; nil where there is none.
    public let variable: String?
    /// The value as it stands in a file.
    let read: Read
    /// The value as others may see it.
    let mask: @Sendable (String) -> String
    /// Takes a value, or says what is wrong with it: a sentence that goes on behind the name.
    let write: Write

    init(
        _ name: String, _ form: String, _ summary: String, reloads: Bool = true, variable: String? = nil,
        mask: @escaping @Sendable (String) -> String = { $0 }, read: @escaping Read, write: @escaping Write
    ) {
        self.name = name
        self.form = form
        self.summary = summary
        isReloadable = reloads
        self.variable = variable
        self.mask = mask
        self.read = read
        self.write = write
    }

    /// The value in force, without a password that may be in it.
    public func text(_ configuration: Configuration) -> String { mask(read(configuration)) }
}

typealias ConfigurationPath<Value> = any WritableKeyPath<Configuration, Value> & Sendable

extension Setting {
    /// A file or directory.
    static func path(
        _ name: String, _ path: ConfigurationPath<String>, _ summary: String, reloads: Bool = true,
        variable: String? = nil
    ) -> Setting {
        Setting(
            name, "a path that begins with `/`", summary, reloads: reloads, variable: variable,
            read: { $0[keyPath: path] },
            write: { configuration, text, _ throws(Mistake) in
                guard text.hasPrefix("/") else { throw Mistake("is a path that begins with a slash") }
                configuration[keyPath: path] = text
            })
    }

    /// A whole number; `zero` says what 0 means where it lies outside of the range.
    static func number(
        _ name: String, _ path: ConfigurationPath<Int64>, _ range: ClosedRange<Int64>, _ summary: String,
        zero: String? = nil
    ) -> Setting {
        let orZero = zero.map { ", or 0 (\($0))" } ?? ""
        return Setting(
            name, "\(range.lowerBound) to \(range.upperBound)\(orZero)", summary,
            read: { "\($0[keyPath: path])" },
            write: { configuration, text, _ throws(Mistake) in
                guard let number = Int64(text), range.contains(number) || zero != nil && number == 0 else {
                    throw Mistake(
                        "is a whole number from \(range.lowerBound) to \(range.upperBound)\(orZero)")
                }
                configuration[keyPath: path] = number
            })
    }

    static func limit(_ limit: NamedLimit) -> Setting {
        let range = limit.range
        return Setting(
            "limits.\(limit.name)", "\(range.lowerBound) to \(range.upperBound)", limit.summary,
            read: { "\(limit.read($0.limits))" },
            write: { configuration, text, _ throws(Mistake) in
                guard let number = Int(text), range.contains(number) else {
                    throw Mistake("is a whole number from \(range.lowerBound) to \(range.upperBound)")
                }
                limit.write(&configuration.limits, number)
            })
    }

    static func word(
        _ name: String, _ path: ConfigurationPath<String>, of words: [String], _ summary: String,
        variable: String? = nil
    ) -> Setting {
        Setting(
            name, words.map { "`\($0)`" }.joined(separator: " "), summary, variable: variable,
            read: { $0[keyPath: path] },
            write: { configuration, text, _ throws(Mistake) in
                guard words.contains(text) else {
                    throw Mistake("is one of \(words.joined(separator: ", "))")
                }
                configuration[keyPath: path] = text
            })
    }

    static func yesOrNo(_ name: String, _ path: ConfigurationPath<Bool>, _ summary: String) -> Setting {
        Setting(
            name, "`yes` or `no`", summary, read: { $0[keyPath: path] ? "yes" : "no" },
            write: { configuration, text, _ throws(Mistake) in
                guard text == "yes" || text == "no" else { throw Mistake("is yes or no") }
                configuration[keyPath: path] = text == "yes"
            })
    }
}
