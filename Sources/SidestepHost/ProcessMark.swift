/// What tells the processes of one piece of work from all others: a word in their environment, which every
/// child has from its parent.
///
/// Work within work adds a word of its own, `run-a0e2-1/step-91c4-2`, so that the outer one still finds all
/// that is its.
public struct ProcessMark: Sendable, Hashable {
    /// The variable that holds it.
    public static let variable = "SIDESTEP_EXECUTION"

    /// The words from the outermost work to this one.
    public let words: [String]

    /// - Parameter value: of the variable, in our own environment for example; nil for none.
    public init(_ value: String?) { words = value?.split(separator: "/").map(String.init) ?? [] }

    private init(words: [String]) { self.words = words }

    /// The value of the variable.
    public var value: String { words.joined(separator: "/") }

    /// The word in the name of a file that is one: `…/sidestep-step-91c4-2.x7Uq (deleted)`.
    static func word(ofFile path: String) -> String? {
        guard let name = path.split(separator: "/").last, name.hasPrefix("sidestep-step-") else { return nil }
        return String(name.dropFirst("sidestep-".count).prefix { $0 != "." })
    }

    /// The mark of work within this one.
    public func adding(_ word: String) -> ProcessMark { ProcessMark(words: words + [word]) }

    /// Which marks are meant.
    public enum Pattern: Sendable, Hashable {
        /// Those of one piece of work.
        case word(String)
        /// Those whose word begins so: all that ever began the same work.
        case beginning(String)
    }

    /// Whether this is the mark of that work, or of work within it.
    public func matches(_ pattern: Pattern) -> Bool {
        switch pattern {
        case .word(let word): words.contains(word)
        case .beginning(let prefix): words.contains { $0.hasPrefix(prefix) }
        }
    }
}
