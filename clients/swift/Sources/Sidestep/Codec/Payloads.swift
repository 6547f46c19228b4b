import FoundationEssentials
import SidestepProtocol

/// Turns values of the user into payloads and back.
enum Payloads {
    /// The value as JSON, its keys sorted, so that an equal value always gives equal bytes.
    ///
    /// A `RawJSON` is taken as it is.
    static func encode<Value: Encodable>(_ value: Value) throws -> RawJSON {
        if let raw = value as? RawJSON { return raw }
        do {
            return RawJSON(validated: ArraySlice(try encoder().encode(value)))
        } catch {
            throw SidestepError(
                .notEncodable, "a \(Value.self) cannot be written as JSON: \(error)",
                hint: "JSON has no infinities or NaN; other values need an Encodable that does not throw")
        }
    }

    /// The value a payload stands for.
    static func decode<Value: Decodable>(_ type: Value.Type, from json: RawJSON) throws -> Value {
        if let raw = json as? Value { return raw }
        do {
            return try decoder().decode(type, from: Data(json.bytes))
        } catch {
            throw SidestepError(
                .unexpectedReply, "the recorded value is not a \(Value.self): \(error)",
                hint: "it was recorded by other code; give the step a new name or read the old form too")
        }
    }

    // A new one each time: neither class is Sendable, and making one costs less than the JSON it writes.
    private static func encoder() -> JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(PayloadDate.text(of: date))
        }
        return encoder
    }

    private static func decoder() -> JSONDecoder {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            let container = try decoder.singleValueContainer()
            let text = try container.decode(String.self)
            guard let date = PayloadDate.date(of: text) else {
                throw DecodingError.dataCorruptedError(
                    in: container, debugDescription: "'\(text)' is no date of ISO 8601")
            }
            return date
        }
        return decoder
    }
}

/// Payloads pass through this client with their bytes unchanged wherever a `Codable` value is asked for.
///
/// Only as a whole: inside another value an encoder would have to rebuild it, and could not keep its bytes.
extension RawJSON: Codable {
    /// Takes the bytes of the whole payload as they came.
    public init(from decoder: any Decoder) throws {
        throw DecodingError.dataCorrupted(
            .init(codingPath: decoder.codingPath, debugDescription: "RawJSON stands for a whole payload only")
        )
    }

    /// Gives the bytes as they are.
    public func encode(to encoder: any Encoder) throws {
        throw EncodingError.invalidValue(
            self,
            .init(codingPath: encoder.codingPath, debugDescription: "RawJSON stands for a whole payload only")
        )
    }
}
