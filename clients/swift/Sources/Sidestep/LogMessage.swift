import SidestepLibC

/// Something that people may want to know of a run: a body that failed, a record that nobody asked for.
public struct LogMessage: Sendable {
    /// How much it matters.
    public enum Level: Int, Sendable { case debug, notice, warning }

    /// How much it matters.
    public let level: Level
    /// One sentence.
    public let text: String
    /// The run concerned.
    public var run: String?
    /// The step concerned.
    public var step: String?
    /// What was thrown.
    public var error: (any Error)?
    /// What to do next, in one sentence.
    public var hint: String?

    init(
        _ level: Level, _ text: String, run: String? = nil, step: String? = nil,
        error: (any Error)? = nil, hint: String? = nil
    ) {
        (self.level, self.text, self.run, self.step) = (level, text, run, step)
        (self.error, self.hint) = (error, hint)
    }

    /// The message as one line.
    public var line: String {
        let of = run.map { "run \($0): " } ?? ""
        let why = error.map { ": \($0)" } ?? ""
        let text = "\(of)\(text)\(why)"
        // A line is one line, whatever an error says of itself.
        return String(text.map { $0.isNewline ? " " : $0 })
    }

    /// Writes a warning to standard error, and nothing else.
    public func printIfImportant() {
        guard level == .warning else { return }
        let advice = hint.map { "  hint: \($0)\n" } ?? ""
        let bytes = Array("sidestep: \(line)\n\(advice)".utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }
}
