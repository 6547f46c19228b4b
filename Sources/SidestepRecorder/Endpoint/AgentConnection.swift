import NIOCore
import NIOHTTP1
import SidestepRecording

/// One connection of the agent: takes its requests one after another, and writes the answers.
final class AgentConnection: ChannelInboundHandler, RemovableChannelHandler, Receiver {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    /// A request as it came.
    private struct Incoming {
        let head: HTTPRequestHead
        var body: [UInt8] = []
        var refusal: Rejection?
        var admission: Door.Admission?
    }

    private let core: RecorderCore
    private let meter: HeadMeter
    private let entrance: Door.Entrance
    private var context: ChannelHandlerContext?
    private var incoming: Incoming?
    private var delivery: Delivery?
    private var isKeptAlive = true
    /// The last answer is on its way; what still comes is not looked at.
    private var isLeaving = false
    private var deadline: Scheduled<Void>?
    /// The upstream of the last request: in its words errors are.
    private var asked: String?
    private var early: (parts: [HTTPServerRequestPart], bytes: Int) = ([], 0)

    init(_ core: RecorderCore, _ meter: HeadMeter, by entrance: Door.Entrance) {
        (self.core, self.meter, self.entrance) = (core, meter, entrance)
    }

    /// Whether it waits for a request, and may be closed where there are too many.
    var isIdle: Bool { incoming == nil && delivery == nil }

    // MARK: Its life

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        meter.told = .init(
            began: { [weak self] in self?.limit(to: .seconds(30)) },
            tooLong: { [weak self] in self?.refuseHead() })
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        meter.told = .init()
    }

    func channelActive(context: ChannelHandlerContext) {
        guard core.opened(self, context.channel, by: entrance) else {
            return context.close(promise: nil)
        }
        limit(to: Self.idleTime)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        core.closed(self)
        delivery.take()?.clientGone()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // What does not become a WebSocket is a request that is refused.
        if error is SocketUpgrade.NoSocket || error is HTTPServerUpgradeErrors { return }
        context.close(promise: nil)
    }

    func close() { context?.close(promise: nil) }

    /// The connection ends unless something happens before.
    private func limit(to time: TimeAmount?) {
        deadline?.cancel()
        deadline = time.flatMap { time in
            guard let context else { return nil }
            let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
            return context.eventLoop.scheduleTask(in: time) { bound.value.close() }
        }
    }

    private static let idleTime: TimeAmount = .minutes(10)

    // MARK: Requests

    /// Reading goes on during an answer, so that the end of the agent is heard at once; what comes of another
    /// request meanwhile waits for its turn.
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        channelRead(unwrapInboundIn(data))
    }

    private func channelRead(_ part: HTTPServerRequestPart) {
        if isLeaving { return }
        if delivery == nil { return take(part) }
        if case .body(let bytes) = part { early.bytes += bytes.readableBytes }
        early.parts.append(part)
        if early.bytes > Door.longestHead || early.parts.count > 1000 { close() }
    }

    private func take(_ part: HTTPServerRequestPart) {
        switch part {
        case .head(let head): begin(head)
        case .body(let bytes): take(bytes)
        case .end: serve()
        }
    }

    private func begin(_ head: HTTPRequestHead) {
        meter.headEnded()
        limit(to: .seconds(60))
        var incoming = Incoming(head: head)
        do throws(Rejection) {
            incoming.admission = try core.admission(head, by: entrance)
            let announced = head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0
            if announced > core.options.maximumBody { throw core.bodyTooLarge }
        } catch {
            incoming.refusal = error
        }
        isKeptAlive = head.isKeepAlive && incoming.refusal == nil
        self.incoming = incoming
        guard head.headers.contains(name: "expect") else { return }
        // Who waits for leave to send gets it, or the answer that saves him from sending.
        if incoming.refusal != nil { return serve() }
        context?.writeAndFlush(
            wrapOutboundOut(.head(.init(version: head.version, status: .continue))), promise: nil)
    }

    private func take(_ bytes: ByteBuffer) {
        guard incoming != nil else { return }
        limit(to: .seconds(60))
        guard incoming?.refusal == nil else { return }
        incoming!.body += bytes.readableBytesView
        if incoming!.body.count > core.options.maximumBody {
            incoming!.refusal = core.bodyTooLarge
            incoming!.body = []
            isKeptAlive = false
        }
    }

    private func serve() {
        guard let whole = incoming.take() else { return }
        limit(to: nil)
        if let refusal = whole.refusal { return answer(refusal, asked: whole.admission?.upstream) }
        guard let admission = whole.admission, let upstream = core.options.upstreams[admission.upstream]
        else { return }
        asked = upstream.name
        let delivery = Delivery(to: self, isHead: whole.head.method == .HEAD)
        self.delivery = delivery
        core.serve(
            AgentRequest(
                method: whole.head.method.rawValue, upstream: upstream, target: admission.target,
                headers: whole.head.headers.map { ($0.name, $0.value) }, body: whole.body), by: delivery)
    }

    private func refuseHead() {
        isKeptAlive = false
        answer(Rejection(.payloadTooLarge, "the headers are longer than 64 KiB"), asked: nil)
    }

    // MARK: Answers

    let takesWholeEvents = false

    /// Whether the other side has closed, which the kernel knows before we are told.
    var hasClosed: Bool {
        guard let context, context.channel.isActive else { return true }
        return PeerSocket(context.channel)?.hasEnded ?? false
    }

    var isWritable: Bool { context?.channel.isWritable ?? false }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { delivery?.pump() }
        context.fireChannelWritabilityChanged()
    }

    func begin(_ status: Int, _ headers: MessageHeaders.List) {
        var fields = HTTPHeaders(headers.map { ($0.name, $0.value) })
        if !isKeptAlive { fields.replaceOrAdd(name: "connection", value: "close") }
        write(.head(HTTPResponseHead(version: .http1_1, status: .init(statusCode: status), headers: fields)))
    }

    func write(_ bytes: [UInt8]) { write(.body(.byteBuffer(ByteBuffer(bytes: bytes)))) }

    func flush() { context?.flush() }

    func end() {
        delivery = nil
        guard let context else { return }
        meter.beginAgain()
        let end = wrapOutboundOut(HTTPServerResponsePart.end(nil))
        if isKeptAlive {
            limit(to: Self.idleTime)
            context.writeAndFlush(end, promise: nil)
            return takeEarly()
        }
        // Closed at once, with bytes unread, the connection would be reset, and the answer lost with it: RFC
        // 9112 §9.6.
        isLeaving = true
        limit(to: .seconds(5))
        context.writeAndFlush(end, promise: nil)
        context.close(mode: .output, promise: nil)
    }

    private func takeEarly() {
        let parts = early.parts
        early = ([], 0)
        for part in parts { channelRead(part) }
    }

    /// Ends the connection in the middle of the answer, so that nobody takes what there is for all of it.
    func abort() {
        delivery = nil
        guard let context else { return }
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        // An empty part: what was written before has left when it has.
        context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer())))).whenComplete { _ in
            bound.value.close(promise: nil)
        }
    }

    /// The recorder's own answer, in the words of the provider that was asked.
    func answer(_ rejection: Rejection) { answer(rejection, asked: nil) }

    private func answer(_ rejection: Rejection, asked upstream: String?) {
        let error = ProviderError(
            rejection.reason, in: shape(of: upstream ?? asked), message: rejection.message,
            request: RandomText.make())
        begin(error.status, error.headers + [("content-length", "\(error.body.count)")])
        write(error.body)
        end()
    }

    private func shape(of upstream: String?) -> ErrorShape {
        switch upstream {
        case "anthropic": .anthropic
        case "gemini": .gemini
        default: .openAI
        }
    }

    private func write(_ part: HTTPServerResponsePart) { context?.write(wrapOutboundOut(part), promise: nil) }
}
