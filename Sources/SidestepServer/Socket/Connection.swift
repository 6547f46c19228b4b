import Logging
import NIOCore
import SidestepModel
import SidestepProtocol

/// One client's connection: bytes in, lines out, bounded on both sides.
final class Connection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let server: SocketServer
    private let peer: Peer
    private var splitter: LineSplitter
    private var session: Session?
    private var context: ChannelHandlerContext?
    private(set) var queuedBytes = 0
    private var isFlushScheduled = false
    private var isInputClosed = false

    init(server: SocketServer, peer: Peer) {
        self.server = server
        self.peer = peer
        splitter = LineSplitter(limit: server.limits.frameBytes)
    }

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        session = server.open(self, peer)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        if let session { server.close(session) }
        session = nil
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let session else { return }
        unwrapInboundIn(data).withUnsafeReadableBytes { bytes in
            splitter.append(bytes) { server.receive($0, session) }
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .some(ChannelEvent.inputClosed) = event as? ChannelEvent {
            isInputClosed = true
            if let session { splitter.end { server.receive($0, session) } }
            closeWhenDone()
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        // Who does not read is not read from: its requests wait in the kernel, not here.
        _ = context.channel.setOption(.autoRead, value: context.channel.isWritable)
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    /// Sends one line; all lines of a tick leave with one flush.
    func send(_ line: [UInt8]) {
        guard let context else { return }
        // One line always passes: a payload that was let in is let out.
        guard queuedBytes == 0 || queuedBytes + line.count <= server.limits.outboundBytes else {
            server.tell(Notice(.readerClosed).with(peer))
            return context.close(promise: nil)
        }
        queuedBytes += line.count
        let size = line.count
        var buffer = context.channel.allocator.buffer(capacity: size)
        buffer.writeBytes(line)
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { _ in self.wrote(size) }
        context.write(wrapOutboundOut(buffer), promise: written)
        scheduleFlush(context)
    }

    private func wrote(_ size: Int) {
        let half = server.limits.watchBytes / 2
        let wasFull = queuedBytes > half
        queuedBytes -= size
        if wasFull, queuedBytes <= half, let session { server.watches.drained(session) }
    }

    private func scheduleFlush(_ context: ChannelHandlerContext) {
        if isFlushScheduled { return }
        isFlushScheduled = true
        context.eventLoop.assumeIsolated().execute {
            self.isFlushScheduled = false
            self.context?.flush()
            self.closeWhenDone()
        }
    }

    /// A client that closed its side has its replies first:
    /// `socat - UNIX-CONNECT:… < requests` gets them all.
    func closeWhenDone() {
        guard isInputClosed, !isFlushScheduled, let session, session.inFlight == 0 else { return }
        context?.close(promise: nil)
    }
}
