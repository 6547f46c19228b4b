import NIOCore
import NIOHTTP1
import SidestepHash
import SidestepProtocol
import SidestepRecording

/// Lets a request become a WebSocket of the Responses API; everything else goes on as HTTP, and is refused there.
final class SocketUpgrade: HTTPServerProtocolUpgrader, Sendable {
    let supportedProtocol = "websocket"
    /// None besides `Upgrade` has to be named by `Connection`: RFC 6455 §4.1.
    let requiredUpgradeHeaders: [String] = []
    private let core: NIOLoopBound<RecorderCore>
    private let entrance: Door.Entrance

    init(_ core: NIOLoopBound<RecorderCore>, by entrance: Door.Entrance) {
        (self.core, self.entrance) = (core, entrance)
    }

    /// It goes on as a request of HTTP.
    struct NoSocket: Error {}

    func buildUpgradeResponse(
        channel: any Channel, upgradeRequest: HTTPRequestHead, initialResponseHeaders: HTTPHeaders
    ) -> EventLoopFuture<HTTPHeaders> {
        channel.eventLoop.makeCompletedFuture {
            guard let key = upgradeRequest.headers.first(name: "sec-websocket-key"),
                Self.isRead(upgradeRequest.headers),
                let admission = try? core.value.admission(upgradeRequest, by: entrance, forSocket: true),
                Endpoint.classify(method: "GET", path: admission.target, isUpgrade: true).treatment
                    == .record,
                !core.value.options.isCheck
            else { throw NoSocket() }
            var headers = initialResponseHeaders
            headers.replaceOrAdd(
                name: "sec-websocket-accept", value: Base64.encode(HandshakeHash.accept(key)))
            return headers
        }
    }

    private static func isRead(_ headers: HTTPHeaders) -> Bool {
        headers.first(name: "sec-websocket-version") == "13"
    }

    func upgrade(context: ChannelHandlerContext, upgradeRequest: HTTPRequestHead) -> EventLoopFuture<Void> {
        context.eventLoop.makeCompletedFuture {
            let admission = try core.value.admission(upgradeRequest, by: entrance, forSocket: true)
            guard let upstream = core.value.options.upstreams[admission.upstream] else { throw NoSocket() }
            let pipeline = context.pipeline.syncOperations
            // What spoke HTTP here would take frames for requests.
            if let connection = try? pipeline.handler(type: AgentConnection.self) {
                core.value.closed(connection)
                _ = pipeline.removeHandler(connection)
            }
            if let meter = try? pipeline.handler(type: HeadMeter.self) { _ = pipeline.removeHandler(meter) }
            let headers = upgradeRequest.headers.map { ($0.name, $0.value) }
            try pipeline.addHandler(AgentSocket(core.value, upstream, admission.target, headers))
        }
    }
}
