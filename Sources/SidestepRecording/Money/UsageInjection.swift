import SidestepProtocol

/// Asking for a stream's usage in the client's place: chat completions tell it only to who asks.
///
/// Only the text that asks is put into the body; all its other bytes stay as the client wrote them.
public struct UsageInjection: Sendable, Equatable {
    /// Upstreams that have answered a request with it by 400.
    private var refusing: Set<String> = []

    /// Nobody has refused it.
    public init() {}

    /// An upstream does not know it: it is not asked that way again.
    public mutating func refused(by upstream: String) { refusing.insert(upstream) }

    /// The body with the question in it; nil when it is not to be asked: the client asks by itself or says that
    /// it does not want to, or this is no stream of chat completions.
    public func body(of request: RecordedRequest, api: API) -> [UInt8]? {
        guard api == .chat, !refusing.contains(request.upstream),
            let value = request.json, value.kind == .object,
            value["stream"]?.bool == true
        else { return nil }
        guard let options = value["stream_options"] else {
            return Self.insert(#""stream_options":{"include_usage":true}"#, in: value, of: request.body)
        }
        if options.isNull { return Self.replace(options, by: #"{"include_usage":true}"#, in: request.body) }
        guard options.kind == .object, options["include_usage"] == nil else { return nil }
        return Self.insert(#""include_usage":true"#, in: options, of: request.body)
    }

    /// Puts a member first into an object.
    private static func insert(_ member: String, in object: RawJSON, of body: [UInt8]) -> [UInt8] {
        let place = object.bytes.startIndex + 1
        let separator = object.members.isEmpty ? "" : ","
        return Array(body[..<place]) + (member + separator).utf8 + body[place...]
    }

    private static func replace(_ value: RawJSON, by text: String, in body: [UInt8]) -> [UInt8] {
        Array(body[..<value.bytes.startIndex]) + text.utf8 + body[value.bytes.endIndex...]
    }
}
