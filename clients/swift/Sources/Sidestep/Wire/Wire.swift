import FoundationEssentials
import SidestepProtocol

/// All methods of the protocol, with parameters and results as types; for what the client has no words of its own.
///
///     let page = try await client.wire.runList(status: "failed", limit: 20)
///     for run in page.runs { print(run.id, run.finishedAt ?? .now) }
///
/// Its methods and types are generated from the table that the daemon dispatches by; `docs/protocol.md` says what they
/// mean. A member that this client does not know is passed over.
public struct Wire: Sendable {
    let client: SidestepClient

    func call(
        _ method: String, mayResend: Bool, _ write: (inout JSONWriter) -> Void
    ) async throws -> WireReader {
        WireReader(method, try await client.call(method, .object(write), mayResend: mayResend))
    }
}

extension SidestepClient {
    /// All methods of the protocol.
    public var wire: Wire { Wire(client: self) }
}

/// The members of an object that the daemon sent.
struct WireReader {
    private let owner: String
    private let json: RawJSON

    init(_ owner: String, _ json: RawJSON) {
        self.owner = owner
        self.json = json
    }

    func must<Value: WireReadable>(_ name: String) throws -> Value {
        guard let value: Value = try may(name) else {
            throw SidestepError(.unexpectedReply, "\(owner): the daemon says nothing of `\(name)`")
        }
        return value
    }

    func may<Value: WireReadable>(_ name: String) throws -> Value? {
        guard let member = Value.isPayload ? json[name] : json.present(name) else { return nil }
        guard let value = try Value(wire: member) else {
            throw SidestepError(.unexpectedReply, "\(owner): `\(name)` is no \(Value.self)")
        }
        return value
    }
}

/// What is read from the wire.
protocol WireReadable: Sendable {
    /// Whether null is a value of it.
    static var isPayload: Bool { get }
    /// The value; nil when it is of another type.
    init?(wire: RawJSON) throws
}

/// What is written to the wire.
protocol WireWritable: Sendable {
    var wire: RawJSON { get }
}

extension WireReadable {
    static var isPayload: Bool { false }
}

extension JSONWriter {
    /// A member, unless there is none.
    mutating func wire(_ name: String, _ value: (some WireWritable)?) {
        if let value { member(name, value.wire) }
    }
}

extension RawJSON: WireReadable, WireWritable {
    static var isPayload: Bool { true }
    init?(wire: RawJSON) { self = wire }
    var wire: RawJSON { self }
}

extension String: WireReadable, WireWritable {
    init?(wire: RawJSON) {
        guard let string = wire.string else { return nil }
        self = string
    }
    var wire: RawJSON { .string(self) }
}

extension Int: WireReadable, WireWritable {
    init?(wire: RawJSON) {
        guard let int = wire.int else { return nil }
        self = int
    }
    var wire: RawJSON { .integer(Int64(self)) }
}

extension Bool: WireReadable, WireWritable {
    init?(wire: RawJSON) {
        guard let bool = wire.bool else { return nil }
        self = bool
    }
    var wire: RawJSON { self ? .true : .false }
}

extension Double: WireReadable, WireWritable {
    init?(wire: RawJSON) {
        guard let double = wire.double else { return nil }
        self = double
    }
    var wire: RawJSON { .build { $0.value(self) } }
}

/// A moment: milliseconds since the epoch.
extension Date: WireReadable, WireWritable {
    init?(wire: RawJSON) {
        guard let date = wire.date else { return nil }
        self = date
    }
    var wire: RawJSON { .integer(Int64(milliseconds)) }
}

/// A span: milliseconds.
extension Duration: WireReadable, WireWritable {
    init?(wire: RawJSON) {
        guard let int = wire.int else { return nil }
        self = .milliseconds(int)
    }
    var wire: RawJSON { .integer(Int64(milliseconds)) }
}

extension Array: WireReadable where Element: WireReadable {
    init?(wire: RawJSON) throws {
        guard wire.kind == .array else { return nil }
        var elements: [Element] = []
        for json in wire.elements {
            guard let element = try Element(wire: json) else { return nil }
            elements.append(element)
        }
        self = elements
    }
}

extension Array: WireWritable where Element: WireWritable {
    var wire: RawJSON { .array(map(\.wire)) }
}

extension Dictionary: WireReadable where Key == String, Value: WireReadable {
    init?(wire: RawJSON) throws {
        guard wire.kind == .object else { return nil }
        self = [:]
        for (key, json) in wire.members {
            guard let value = try Value(wire: json) else { return nil }
            self[key] = value
        }
    }
}

extension Dictionary: WireWritable where Key == String, Value: WireWritable {
    var wire: RawJSON {
        .object { writer in
            for (key, value) in sorted(by: { $0.key < $1.key }) { writer.member(key, value.wire) }
        }
    }
}

/// A value that may be null: in a map it takes something away.
extension Optional: WireWritable where Wrapped: WireWritable {
    var wire: RawJSON { self?.wire ?? .null }
}
