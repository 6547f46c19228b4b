import FoundationEssentials
import SidestepProtocol

/// Turns values of the user into payloads and back.
public struct Payloads: Sendable {
    let encoder: @Sendable () -> JSONEncoder
    let decoder: @Sendable () -> JSONDecoder

    /// The value as JSON, its keys sorted, so that an equal value always gives equal bytes.
    ///
    /// A `RawJSON` is taken as it is.
    func encode<Value: Encodable>(_ value: Value) throws -> RawJSON {
        if let raw = value as? RawJSON { return raw }
        if let plain = PlainValues.encode(value) { return plain }
        do {
            return RawJSON(validated: ArraySlice(try sorting(encoder()).encode(value)))
        } catch {
            throw SidestepError(
                .notEncodable, "a \(Value.self) cannot be written as JSON: \(error)",
                hint: "JSON has no infinities or NaN; other values need an Encodable that does not throw")
        }
    }

    /// The value a payload stands for.
    func decode<Value: Decodable>(_ type: Value.Type, from json: RawJSON) throws -> Value {
        if let raw = json as? Value { return raw }
        if let plain = PlainValues.decode(type, from: json) { return plain }
        let json = TaggedJSON.mayHold(json) ? try TaggedJSON.untagged(json) : json
        do {
            return try json.bytes.withUnsafeBytes { bytes in
                // Not copied: what is decoded keeps nothing of it.
                let data = Data(
                    bytesNoCopy: UnsafeMutableRawPointer(mutating: bytes.baseAddress!), count: bytes.count,
                    deallocator: .none)
                return try decoder().decode(type, from: data)
            }
        } catch {
            throw SidestepError(
                .unexpectedReply, "the recorded value is not a \(Value.self): \(error)",
                hint: "it was recorded by other code; give the step a new name or read the old form too")
        }
    }

    // A new one each time: neither class is Sendable, and making one costs less than the JSON it writes.

    /// An encoder as clients have it when nothing else is said.
    @Sendable public static func standardEncoder() -> JSONEncoder {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(PayloadDate.text(of: date))
        }
        return encoder
    }

    /// A decoder for what the standard encoder writes.
    @Sendable public static func standardDecoder() -> JSONDecoder {
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

    /// Equal values have to give equal bytes: calls are found by what they are called with.
    private func sorting(_ encoder: JSONEncoder) -> JSONEncoder {
        // Read and written one time: each takes a lock.
        encoder.outputFormatting = encoder.outputFormatting.subtracting(.prettyPrinted)
            .union([.sortedKeys, .withoutEscapingSlashes])
        return encoder
    }
}
