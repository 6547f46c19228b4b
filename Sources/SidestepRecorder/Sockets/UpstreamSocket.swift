import NIOCore
import SidestepHTTPClient
import SidestepProtocol
import SidestepRecording

/// The provider's side of a WebSocket: it lives as long as calls are under way on it, whether or not the agent does.
final class UpstreamSocket {
    private let core: RecorderCore
    private let upstream: Upstream
    private weak var agent: AgentSocket?
    private var link: WebSocketLink?
    /// Calls under way, by their `stream_id`; without one there is one at a time.
    private var calls: [String: LiveCall] = [:]
    private(set) var hasEnded = false

    init(
        _ core: RecorderCore, _ upstream: Upstream, _ target: String, _ headers: MessageHeaders.List,
        for agent: AgentSocket
    ) {
        (self.core, self.upstream, self.agent) = (core, upstream, agent)
        let bound = NIOLoopBound(self, eventLoop: core.loop)
        let loop = core.loop
        do {
            let request = try core.providers.handshake(upstream, target, Self.outgoing(headers))
            link = WebSocketLink(request, limit: core.options.maximumBody) { event in
                loop.execute { bound.value.take(event) }
            }
        } catch {
            let message = error.message
            loop.execute { bound.value.take(.closed(.transport(message))) }
        }
    }

    /// What the provider gets of the handshake: none of its own fields.
    private static func outgoing(_ headers: MessageHeaders.List) -> MessageHeaders.List {
        MessageHeaders.outgoing(headers).filter { header in
            let name = header.name.lowercased()
            return !name.hasPrefix("sec-websocket-") && name != "accept-encoding"
        }
    }

    func send(_ message: WebSocketMessage) { link?.send(message) }

    /// Sends a call, whose frames come back to it.
    func begin(_ call: LiveCall, _ body: [UInt8]) {
        calls[call.request.socket?.stream ?? ""] = call
        if hasEnded { return take(.closed(.transport("the connection to the provider has ended"))) }
        send(.text(body))
    }

    /// Nobody wants the call any more: what still comes of it is nobody's.
    func stop(_ call: LiveCall) {
        calls = calls.filter { $0.value !== call }
        closeIfIdle()
    }

    func agentGone() {
        agent = nil
        closeIfIdle()
    }

    private func closeIfIdle() { if agent == nil && calls.isEmpty { link?.close() } }

    private func take(_ event: WebSocketLink.Event) {
        switch event {
        case .opened: break
        case .message(.text(let bytes)): take(text: bytes)
        case .message(let message): agent?.write(message)
        case .refused(let status, let headers, let body): refuse(status, headers, body)
        case .closed(let failure): close(failure)
        }
        agent?.flush()
    }

    private func take(text bytes: [UInt8]) {
        let value = try? RawJSON(parsing: bytes, depth: 20_000)
        let name = value?["stream_id"]?.string ?? ""
        guard let call = calls[name] ?? (calls.count == 1 && name.isEmpty ? calls.values.first : nil) else {
            agent?.write(.text(bytes))
            return
        }
        call.take(frame: bytes, value)
        if call.isOver || call.hasEnded { stop(call) }
    }

    private func refuse(_ status: Int, _ headers: [(name: String, value: String)], _ body: [UInt8]) {
        for call in Array(calls.values) {
            call.take([
                .head(ReplyHead(status: status, headers: MessageHeaders.incoming(headers))), .bytes(body),
                .ended(nil),
            ])
        }
        calls = [:]
    }

    private func close(_ failure: HTTPFailure?) {
        hasEnded = true
        let left = Array(calls.values)
        calls = [:]
        for call in left { call.take([.ended(failure ?? .transport("the provider closed the connection"))]) }
        if left.isEmpty { agent?.close(1011, "the provider closed the connection") }
    }
}
