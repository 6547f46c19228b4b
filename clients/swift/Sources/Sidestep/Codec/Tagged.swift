import FoundationEssentials

/// A value that programs in other languages get as what it is, whether or not they declare its type.
///
///     struct Order: Codable {
///         var item: String
///         @Tagged var price: Decimal          // Decimal in Python, where JSON alone has a float
///         @Tagged var lasts: Duration         // timedelta
///     }
///
/// It is recorded as an object with the member `$sidestep`. What others record so is read by every type that is
/// declared here, with this wrapper or without it; what they record as a text, because its type is declared there, is
/// read with it.
@propertyWrapper
public struct Tagged<Value: TaggedValue>: Sendable {
    /// The value itself.
    public var wrappedValue: Value

    /// Wraps a member.
    public init(wrappedValue: Value) { self.wrappedValue = wrappedValue }

    /// Wraps a value that stands alone: what a step returns, a signal's value.
    public init(_ value: Value) { wrappedValue = value }
}

extension Tagged: Codable {
    private enum Key: String, CodingKey {
        case tag = "$sidestep"
        case value
    }

    /// Reads a value by its tag, by its text, or as its type reads it.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self), let value = Value(taggedText: text) {
            wrappedValue = value
        } else {
            wrappedValue = try container.decode(Value.self)
        }
    }

    /// Writes an object with the tag.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(Value.tag, forKey: .tag)
        try container.encode(wrappedValue.taggedText, forKey: .value)
    }
}

extension Tagged: Equatable where Value: Equatable {}
extension Tagged: Hashable where Value: Hashable {}

/// A type whose values have a tag in the protocol, and one text each.
public protocol TaggedValue: Codable, Sendable {
    /// The name of the tag.
    static var tag: String { get }
    /// The text of the value.
    var taggedText: String { get }
    /// The value of a text; nil when it is none.
    init?(taggedText text: String)
}

/// `datetime`: a text as in RFC 3339.
extension Date: TaggedValue {
    /// The name of the tag.
    public static var tag: String { "datetime" }
    /// The moment in UTC, to the millisecond.
    public var taggedText: String { PayloadDate.text(of: self) }
    /// The moment that a text with an offset stands for.
    public init?(taggedText text: String) {
        guard let date = PayloadDate.date(of: text) else { return nil }
        self = date
    }
}

/// `decimal`: digits as they are.
extension Decimal: TaggedValue {
    /// The name of the tag.
    public static var tag: String { "decimal" }
    /// The number.
    public var taggedText: String { description }
    /// The number that a text stands for.
    public init?(taggedText text: String) { self.init(string: text) }
}

/// `uuid`: its text.
extension UUID: TaggedValue {
    /// The name of the tag.
    public static var tag: String { "uuid" }
    /// The text in small letters, as RFC 9562 wants it.
    public var taggedText: String { uuidString.lowercased() }
    /// The id that a text stands for.
    public init?(taggedText text: String) { self.init(uuidString: text) }
}

/// `bytes`: base 64.
extension Data: TaggedValue {
    /// The name of the tag.
    public static var tag: String { "bytes" }
    /// The bytes in base 64.
    public var taggedText: String { base64EncodedString() }
    /// The bytes that a text stands for.
    public init?(taggedText text: String) { self.init(base64Encoded: text) }
}
