import NIOCore
import SidestepHTTPClient
import SidestepProtocol
import SidestepRecording

/// A WebSocket of the agent: each `response.create` is a call like those over HTTP, everything else passes.
final class AgentSocket: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let core: RecorderCore
    private let upstream: Upstream
    private let target: String
    private let headers: MessageHeaders.List
    private var codec: WebSocketCodec
    private var context: ChannelHandlerContext?
    /// Answers on their way.
    private var streams: [ObjectIdentifier: SocketStream] = [:]
    /// Made with the first message that goes there.
    private var link: UpstreamSocket?

    init(_ core: RecorderCore, _ upstream: Upstream, _ target: String, _ headers: MessageHeaders.List) {
        (self.core, self.upstream, self.target, self.headers) = (core, upstream, target, headers)
        codec = WebSocketCodec(readsClient: true, limit: core.options.maximumBody)
    }

    // MARK: Its life

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        core.opened(self)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        core.closed(self)
        for stream in Array(streams.values) { stream.delivery?.clientGone() }
        streams = [:]
        link?.agentGone()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    /// Whether the other side has closed, which the kernel knows before we are told.
    var hasClosed: Bool {
        guard let context, context.channel.isActive else { return true }
        return PeerSocket(context.channel)?.hasEnded ?? false
    }

    var isWritable: Bool { context?.channel.isWritable ?? false }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { for stream in Array(streams.values) { stream.delivery?.pump() } }
        context.fireChannelWritabilityChanged()
    }

    /// Ends it; the agent sees why.
    func close(_ status: UInt16, _ reason: String) { leave(WebSocketCodec.close(status, reason)) }

    /// Closes when the last message has left.
    private func leave(_ last: WebSocketMessage) {
        guard let context else { return }
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        write(last)
        context.writeAndFlush(wrapOutboundOut(ByteBuffer())).whenComplete { _ in
            bound.value.close(promise: nil)
        }
    }

    // MARK: What the agent sends

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        do throws(WebSocketCodec.Violation) {
            for message in try codec.feed(unwrapInboundIn(data).readableBytesView) { take(message) }
        } catch {
            close(error.status, "")
        }
        flush()
    }

    private func take(_ message: WebSocketMessage) {
        switch message {
        case .ping(let payload): write(.pong(payload))
        case .pong: break
        case .close(let payload): leave(.close(Array(payload.prefix(2))))
        case .binary: pass(message)
        case .text(let bytes):
            guard let asked = try? RawJSON(parsing: bytes, depth: 20_000),
                asked["type"]?.string == "response.create",
                asked["generate"]?.bool != false
            else { return pass(message) }
            begin(bytes, asked["stream_id"]?.string)
        }
    }

    private func begin(_ bytes: [UInt8], _ name: String?) {
        let stream = SocketStream(self, name)
        let delivery = Delivery(to: stream, isHead: false)
        stream.delivery = delivery
        streams[ObjectIdentifier(stream)] = stream
        core.serve(
            AgentRequest(
                method: "POST", upstream: upstream, target: target, headers: headers, body: bytes,
                socket: .init(link: upstreamSocket, stream: name)), by: delivery)
    }

    private func pass(_ message: WebSocketMessage) { upstreamSocket().send(message) }

    private func upstreamSocket() -> UpstreamSocket {
        if let link, !link.hasEnded { return link }
        let new = UpstreamSocket(core, upstream, target, headers, for: self)
        link = new
        return new
    }

    // MARK: What it is sent

    func write(_ message: WebSocketMessage) {
        context?.write(wrapOutboundOut(ByteBuffer(bytes: WebSocketCodec.frame(message))), promise: nil)
    }

    func flush() { context?.flush() }

    func ended(_ stream: SocketStream) { streams[ObjectIdentifier(stream)] = nil }
}
