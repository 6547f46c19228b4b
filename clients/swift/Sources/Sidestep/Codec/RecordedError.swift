import SidestepProtocol

/// What is on record of an error that was thrown: the same in the first execution and in every replay.
///
/// An error type that is `Codable` comes back as itself; this stands for all others.
public struct RecordedError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The name that `RetryPolicy.retryOn` and `failOn` are compared with.
    public let type: String
    /// What the error said of itself.
    public let message: String
    /// All of the record.
    public let json: RawJSON

    init(_ json: RawJSON) {
        self.json = json
        type = json["type"]?.string ?? "Error"
        message = json["message"]?.string ?? "it failed"
    }

    /// Type and message.
    public var description: String { "\(type): \(message)" }

    /// The error itself, if it is of a type that this program has and can read.
    func thrown(_ payloads: Payloads) -> (any Error)? {
        guard let name = json["swift_type"]?.string, let value = json["value"],
            let type = CodableErrors.type(named: name)
        else { return nil }
        func read<Own: Error & Codable>(_ type: Own.Type) -> Own? {
            try? payloads.decode(type, from: value)
        }
        return read(type)
    }
}

/// Errors whose values are recorded.
enum CodableErrors {
    /// Bytes of a value that is recorded; a larger error comes back as a `RecordedError`.
    static let longest = 64 << 10

    /// The name under which the runtime finds a type again, and the error's value; nil for an error that cannot be
    /// read back, now or later.
    static func record(of error: any Error, _ payloads: Payloads) -> (type: String, value: RawJSON)? {
        guard let error = error as? any (Error & Codable), !(error is SidestepError) else { return nil }
        let own = Swift.type(of: error)
        // Private types, and those within functions, have a name that leads nowhere.
        guard let name = _mangledTypeName(own), type(named: name) == own,
            let value = try? payloads.encode(error), value.bytes.count <= longest
        else { return nil }
        return (name, value)
    }

    /// The type of this name, if the program has it.
    static func type(named name: String) -> (any (Error & Codable).Type)? {
        _typeByName(name) as? any (Error & Codable).Type
    }
}
