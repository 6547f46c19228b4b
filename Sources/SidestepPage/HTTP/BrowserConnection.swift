import NIOCore
import NIOHTTP1

/// One connection of a browser: takes its requests one after another, and writes the answers.
final class BrowserConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private enum Step {
        /// Between two requests, or in the head of one.
        case waiting
        case reading(IncomingRequest)
        /// The answer is being made, or is an endless one.
        case answering(HTTPRequestHead)
        /// The last answer is on its way; what still comes is not looked at.
        case leaving
    }

    let core: PageCore
    private let meter: HeadMeter
    private(set) var context: ChannelHandlerContext?
    private var step = Step.waiting
    private var isKeptAlive = true
    private var deadline: Scheduled<Void>?
    private var stall: Scheduled<Void>?
    /// What came of further requests during an answer.
    private var early: (parts: [HTTPServerRequestPart], bytes: Int) = ([], 0)
    /// What is to be stopped when the browser goes away during an answer.
    var whenGone: (() -> Void)?
    /// Told when more can be written.
    var whenWritable: (() -> Void)?

    private static let idleTime: TimeAmount = .minutes(5)
    private static let mostEarly = 64

    init(_ core: PageCore, _ meter: HeadMeter) { (self.core, self.meter) = (core, meter) }

    /// Whether it may be closed where there are too many.
    var isIdle: Bool { if case .waiting = step { true } else { false } }

    // MARK: Its life

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        meter.told = .init(
            began: { [weak self] in self?.headBegins() }, tooLong: { [weak self] in self?.headIsTooLong() })
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        meter.told = .init()
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        switch core.admit(self, context.channel) {
        case .stranger: return context.close(promise: nil)
        case .tooMany: refuse(.tooMany)
        case .welcome: limit(to: Self.idleTime)
        }
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        stall?.cancel()
        core.left(self)
        whenWritable = nil
        whenGone.take()?()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case .leaving = step { return }
        guard error is HTTPParserError, case .waiting = step else { return context.close(promise: nil) }
        refuse((error as? HTTPParserError) == .headerOverflow ? Door.headTooLong : Self.noRequest)
    }

    private static let noRequest = Refusal(
        400, "invalid_argument", "that is no request of HTTP", hint: "Open it in a browser.")

    func close() { context?.close(promise: nil) }

    /// The connection ends unless something happens before.
    private func limit(to time: TimeAmount?) {
        deadline?.cancel()
        deadline = time.flatMap(closing)
    }

    private func closing(in time: TimeAmount) -> Scheduled<Void>? {
        guard let context else { return nil }
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        return context.eventLoop.scheduleTask(in: time) { bound.value.close() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        stall?.cancel()
        stall = context.channel.isWritable ? nil : closing(in: core.patience)
        if context.channel.isWritable { whenWritable?() }
        context.fireChannelWritabilityChanged()
    }

    // MARK: Requests

    private func headBegins() { if case .waiting = step { limit(to: core.patience) } }

    private func headIsTooLong() {
        guard case .waiting = step else { return close() }
        refuse(Door.headTooLong)
    }

    /// Reading goes on during an answer, so that the end of the browser is heard at once; what comes of another request
    /// meanwhile waits for its turn.
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        meter.parsed()
        take(unwrapInboundIn(data))
    }

    private func take(_ part: HTTPServerRequestPart) {
        switch step {
        case .leaving: break
        case .waiting: if case .head(let head) = part { begin(head) }
        case .reading(let request): take(part, of: request)
        case .answering: keep(part)
        }
    }

    private func keep(_ part: HTTPServerRequestPart) {
        if case .body(let bytes) = part { early.bytes += bytes.readableBytes }
        early.parts.append(part)
        if early.bytes > Door.longestHead || early.parts.count > Self.mostEarly { close() }
    }

    private func begin(_ head: HTTPRequestHead) {
        isKeptAlive = head.isKeepAlive
        do throws(Refusal) {
            step = .reading(IncomingRequest(head: head, route: try core.admission(head)))
        } catch {
            return refuse(error, asked: head)
        }
        limit(to: core.patience * 4)
        guard head.headers.contains(name: "expect") else { return }
        write(.head(HTTPResponseHead(version: .http1_1, status: .continue)))
        context?.flush()
    }

    private func take(_ part: HTTPServerRequestPart, of request: IncomingRequest) {
        switch part {
        case .head: close()
        case .body(let bytes):
            request.body += bytes.readableBytesView
            if request.body.count > Door.longestBody { refuse(Door.bodyTooLong, asked: request.head) }
        case .end:
            limit(to: nil)
            step = .answering(request.head)
            core.serve(request, by: self)
        }
    }

    // MARK: Answers

    /// Answers a request that is not read to its end, and ends the connection.
    private func refuse(_ refusal: Refusal, asked head: HTTPRequestHead? = nil) {
        isKeptAlive = false
        if let head { step = .answering(head) }
        answer(.refusal(refusal))
    }

    /// Answers the request that has been read.
    func answer(_ reply: Reply) {
        var isHead = false
        if case .answering(let asked) = step { isHead = asked.method == .HEAD }
        if case .leaving = step { return }
        whenGone = nil
        write(.head(reply.head(length: reply.body.readableBytes, keepAlive: isKeptAlive)))
        if !isHead, reply.status != 204, reply.status != 304 { write(.body(.byteBuffer(reply.body))) }
        end()
    }

    private func end() {
        guard let context else { return }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        guard isKeptAlive else { return leave(context) }
        step = .waiting
        limit(to: Self.idleTime)
        let parts = early.parts
        early = ([], 0)
        for part in parts { take(part) }
    }

    /// Closed at once, with bytes unread, the connection would be reset, and the answer lost with it: RFC 9112 §9.6.
    private func leave(_ context: ChannelHandlerContext) {
        step = .leaving
        meter.drain()
        core.left(self)
        limit(to: .seconds(2))
        context.close(mode: .output, promise: nil)
    }

    // MARK: Answers without an end

    /// Begins an answer that goes on until somebody closes the connection.
    func beginStream(_ reply: Reply) {
        isKeptAlive = false
        write(.head(reply.head(length: nil, keepAlive: true)))
        send(reply.body)
    }

    var isWritable: Bool { context?.channel.isWritable ?? false }

    func send(_ bytes: ByteBuffer) {
        write(.body(.byteBuffer(bytes)))
        context?.flush()
    }

    private func write(_ part: HTTPServerResponsePart) { context?.write(wrapOutboundOut(part), promise: nil) }
}

/// A request as it comes.
final class IncomingRequest {
    let head: HTTPRequestHead
    let route: Route
    var body: [UInt8] = []

    init(head: HTTPRequestHead, route: Route) { (self.head, self.route) = (head, route) }
}
