import SidestepHTTPClient
import SidestepProtocol
import SidestepRecording

/// A request of the agent that may be served.
struct AgentRequest {
    let method: String
    let upstream: Upstream
    /// Path and query.
    let target: String
    let headers: MessageHeaders.List
    let body: [UInt8]
    /// The WebSocket that it came by; nil for HTTP.
    var socket: Socket?

    /// A message of a WebSocket.
    struct Socket {
        /// Where it is sent on to.
        let link: () -> UpstreamSocket
        /// Its `stream_id`.
        let stream: String?
    }

    /// As it is looked up by.
    var recorded: RecordedRequest {
        RecordedRequest(
            method: method, upstream: upstream.name, target: target, headers: headers, body: body,
            transport: socket == nil ? .http : .webSocket)
    }

    /// As it is looked up by where nothing but the journal is there to compare it with: that has neither headers nor
    /// queries.
    var bare: RecordedRequest {
        RecordedRequest(
            method: method, upstream: upstream.name, target: pathWithoutSecrets, headers: [], body: body)
    }

    /// What may stand in the journal: queries carry keys.
    var pathWithoutSecrets: String { String(target.prefix { $0 != "?" }) }

    /// Whether the answer is to come in events, as far as the body says.
    func asksForStream(_ body: RawJSON?) -> Bool {
        if socket != nil || target.contains(":streamGenerateContent") { return true }
        return body?["stream"]?.bool ?? false
    }

    /// Nothing came back.
    func unreachable(_ failure: HTTPFailure?) -> Rejection {
        Rejection(
            .upstream,
            "the upstream '\(upstream.name)' was not reached: \(failure?.message ?? "no answer came")")
    }
}

/// The first lines of an answer.
struct ReplyHead: Sendable {
    let status: Int
    let headers: [(name: String, value: String)]

    /// By the header's name in lower case.
    func value(of name: String) -> String? { headers.first { $0.name.lowercased() == name }?.value }

    /// Whether what follows comes in events.
    var isStream: Bool { value(of: "content-type")?.lowercased().hasPrefix("text/event-stream") ?? false }
}
