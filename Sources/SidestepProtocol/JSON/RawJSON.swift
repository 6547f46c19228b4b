import SidestepModel

/// The bytes of one JSON value, exactly as they came.
///
/// A payload is carried from the socket to the store and back as this: no number becomes a double, no key is
/// reordered,
/// no escape is rewritten. Copies share the storage of the line they were cut from.
public struct RawJSON: Sendable, Hashable {
    /// The value's text, with no white space around it.
    public let bytes: ArraySlice<UInt8>

    /// Takes bytes that are known to be one valid value with nothing around it.
    public init(validated bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
    }

    /// Checks a text and keeps its value, without the white space around it.
    ///
    /// - Throws: `JSONError` with the offset of the first byte that breaks the grammar or a limit.
    public init(parsing text: [UInt8], limits: Limits = Limits()) throws(JSONError) {
        try self.init(parsing: text, depth: limits.depth)
    }

    /// Checks a text that may be nested as deeply as this.
    public init(parsing text: [UInt8], depth: Int) throws(JSONError) {
        let range = try JSONScanner.locateValue(text.span, depth: depth)
        self.init(validated: text[range])
    }

    /// The value `null`.
    public static let null = RawJSON(literal: "null")
    /// The value `true`.
    public static let `true` = RawJSON(literal: "true")
    /// The value `false`.
    public static let `false` = RawJSON(literal: "false")
    /// The value `{}`.
    public static let emptyObject = RawJSON(literal: "{}")

    private init(literal: String) {
        self.init(validated: ArraySlice(literal.utf8))
    }

    /// A JSON string with this text.
    public static func string(_ text: String) -> RawJSON {
        build(capacity: text.utf8.count + 2) { $0.value(text) }
    }

    /// A JSON number.
    public static func integer(_ number: Int64) -> RawJSON {
        build(capacity: 20) { $0.value(number) }
    }

    /// The value that `write` writes.
    public static func build(capacity: Int = 256, _ write: (inout JSONWriter) -> Void) -> RawJSON {
        var writer = JSONWriter(capacity: capacity)
        write(&writer)
        return RawJSON(validated: writer.bytes[...])
    }

    /// The six kinds of JSON values.
    public enum Kind: Sendable, Equatable {
        case object, array, string, number, bool, null
    }

    /// What kind of value this is; its first byte tells.
    public var kind: Kind {
        switch bytes.first {
        case Byte.openBrace: .object
        case Byte.openBracket: .array
        case Byte.quote: .string
        case UInt8(ascii: "t"), UInt8(ascii: "f"): .bool
        case UInt8(ascii: "n"): .null
        default: .number
        }
    }

    /// The bytes as text, for messages and tests.
    public var text: String { String(decoding: bytes, as: UTF8.self) }
}
