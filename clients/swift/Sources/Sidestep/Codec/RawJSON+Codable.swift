import FoundationEssentials
import SidestepProtocol

/// Payloads pass through this client with their bytes unchanged wherever a `Codable` value is asked for as a whole.
///
/// Inside another value the same JSON is written anew: objects with their members in the encoder's order and one of
/// each name, numbers with up to 38 digits.
extension RawJSON: Codable {
    /// Rebuilds the value that a decoder is at.
    public init(from decoder: any Decoder) throws {
        if let object = try? decoder.container(keyedBy: AnyKey.self) {
            let members = try object.allKeys.map { ($0, try object.decode(RawJSON.self, forKey: $0)) }
            self = .object { writer in
                for (key, value) in members.sorted(by: { $0.0.stringValue < $1.0.stringValue }) {
                    writer.member(key.stringValue, value)
                }
            }
        } else if var array = try? decoder.unkeyedContainer() {
            var elements: [RawJSON] = []
            while !array.isAtEnd { elements.append(try array.decode(RawJSON.self)) }
            self = .array(elements)
        } else {
            self = try RawJSON(single: try decoder.singleValueContainer())
        }
    }

    private init(single value: any SingleValueDecodingContainer) throws {
        if value.decodeNil() {
            self = .null
        } else if let bool = try? value.decode(Bool.self) {
            self = bool ? .true : .false
        } else if let text = try? value.decode(String.self) {
            self = .string(text)
        } else {
            self = try RawJSON(parsing: Array("\(try value.decode(Decimal.self))".utf8))
        }
    }

    /// Writes the value where an encoder is.
    public func encode(to encoder: any Encoder) throws {
        switch kind {
        case .object:
            var object = encoder.container(keyedBy: AnyKey.self)
            for (key, value) in members { try object.encode(value, forKey: AnyKey(key)) }
        case .array:
            var array = encoder.unkeyedContainer()
            for element in elements { try array.encode(element) }
        default:
            var single = encoder.singleValueContainer()
            try encode(to: &single)
        }
    }

    private func encode(to single: inout any SingleValueEncodingContainer) throws {
        if isNull { return try single.encodeNil() }
        if let bool { return try single.encode(bool) }
        if let string { return try single.encode(string) }
        if let integer { return try single.encode(integer) }
        guard let number = Decimal(string: text) else {
            throw EncodingError.invalidValue(
                self,
                .init(codingPath: single.codingPath, debugDescription: "no number of 38 digits: \(text)"))
        }
        try single.encode(number)
    }

    /// An array of these values.
    public static func array(_ elements: [RawJSON]) -> RawJSON {
        .build { writer in
            writer.beginArray()
            for element in elements { writer.raw(element) }
            writer.endArray()
        }
    }

    /// A member of an object, whatever its name.
    private struct AnyKey: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(_ name: String) { stringValue = name }
        init(stringValue: String) { self.init(stringValue) }
        init?(intValue: Int) { return nil }
    }
}

/// Prints as JSON.
extension RawJSON: CustomStringConvertible {
    /// The value's text.
    public var description: String { text }
}
