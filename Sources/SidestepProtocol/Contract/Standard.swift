/// What an absent parameter means: a value that takes its place, or, in words, what happens then.
public enum Standard: Sendable {
    /// This value; whoever asks for the parameter gets it.
    case value(RawJSON)
    /// What only the method knows.
    case words(String)

    /// A word of an enumeration, or another text.
    public static func text(_ text: String) -> Standard { .value(.string(text)) }
    /// An array of texts.
    public static func texts(_ texts: String...) -> Standard {
        .value(
            .build { writer in
                writer.beginArray()
                for text in texts { writer.value(text) }
                writer.endArray()
            })
    }

    /// The value, if it is one.
    var value: RawJSON? {
        if case .value(let value) = self { value } else { nil }
    }

    /// How it is written in the documentation.
    public var text: String {
        switch self {
        case .value(let value): value.string ?? value.text
        case .words(let words): words
        }
    }
}

extension Standard: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral {
    /// In words.
    public init(stringLiteral words: String) { self = .words(words) }
    /// A truth value.
    public init(booleanLiteral value: Bool) { self = .value(value ? .true : .false) }
    /// An integer.
    public init(integerLiteral value: Int64) { self = .value(.integer(value)) }
}
