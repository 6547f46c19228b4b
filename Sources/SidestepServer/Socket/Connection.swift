import Logging
import NIOCore
import SidestepModel
import SidestepProtocol

/// One client's connection: bytes in, lines out, bounded on both sides. Lives on the event loop.
final class Connection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum State {
        /// What comes is worked on at once.
        case ready
        /// Its user has used up his turn: what comes is kept, and no more read.
        case waiting
        /// A long line of it is read elsewhere; what comes is kept here, too.
        case occupied
    }

    private let server: SocketServer
    private let peer: Peer
    private let share: UserShare
    private var splitter: LineSplitter
    private var session: Session?
    private var context: ChannelHandlerContext?
    private var state = State.ready
    /// What came and was not worked on yet.
    private var inbox = Line<ByteBuffer>()
    private var outbox: Outbox
    private var isReading = true
    /// Whether it is to be told of its user's next turn.
    private var wantsTurn = false
    private var isFlushScheduled = false
    private var isInputClosed = false

    init(server: SocketServer, peer: Peer, share: UserShare) {
        self.server = server
        self.peer = peer
        self.share = share
        splitter = LineSplitter(limit: server.limits.frameBytes)
        outbox = Outbox(limit: server.limits.outboundBytes)
    }

    var queuedBytes: Int { outbox.bytes }

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        session = server.open(self, peer, share)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        let kept = splitter.kept + inbox.items.reduce(0) { $0 + $1.readableBytes }
        inbox = Line()
        splitter.giveUp()
        server.shares.hold(-kept - outbox.bytes, share)
        outbox.empty()
        if let session { server.close(session) }
        session = nil
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    // MARK: In

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        server.shares.hold(bytes.readableBytes, share)
        inbox.append(bytes)
        if state == .ready { work() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .some(ChannelEvent.inputClosed) = event as? ChannelEvent {
            isInputClosed = true
            if state == .ready { work() }
            closeWhenDone()
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// Works on what has come, line by line, until it is another user's turn.
    func work() {
        state = .ready
        while state == .ready, let session {
            if server.turns.isOver(share) {
                state = .waiting
                waitForTurn()
            } else if let piece = nextPiece() {
                receive(piece, session)
            } else {
                break
            }
        }
        readOrWait()
        closeWhenDone()
    }

    private func waitForTurn() {
        if wantsTurn { return }
        wantsTurn = true
        server.turns.wait(self, share)
    }

    /// Goes on with what its user's turn was too short for.
    func takeTurn() {
        wantsTurn = false
        pump()
        if state == .waiting { work() }
    }

    /// The next line, and how many bytes it holds until it is done with.
    private func nextPiece() -> (piece: LineSplitter.Piece, bytes: Int)? {
        while var buffer = inbox.popFirst() {
            let before = splitter.kept
            let (piece, consumed) = buffer.readWithUnsafeReadableBytes { bytes in
                var rest = bytes
                let piece = splitter.next(&rest)
                return (bytes.count - rest.count, (piece, bytes.count - rest.count))
            }
            if buffer.readableBytes > 0 { inbox.prepend(buffer) }
            // What was taken out and is kept for no line any more: it is this line's, or nobody's.
            let taken = consumed + before - splitter.kept
            switch piece {
            case .line, .long: return (piece!, taken)
            case .tooLong, nil: server.shares.hold(-taken, share)
            }
            if let piece { return (piece, 0) }
            giveUpIfTooMuch()
        }
        return isInputClosed ? lastPiece() : nil
    }

    /// What came behind the last newline.
    private func lastPiece() -> (piece: LineSplitter.Piece, bytes: Int)? {
        let kept = splitter.kept
        if let piece = splitter.end() { return (piece, kept) }
        server.shares.hold(-kept, share)
        return nil
    }

    /// A line that grows beyond what its user may hold is given up.
    private func giveUpIfTooMuch() {
        guard splitter.kept > ShareRule.smallBytes,
            let refusal = server.shares.rule(for: peer).bytes(own: share.bytes, all: server.shares.bytes)
        else { return }
        server.shares.hold(-splitter.kept, share)
        splitter.giveUp()
        session?.send(ReplyText.failure(id: .null, server.refuse(refusal, peer)))
    }

    private func receive(_ next: (piece: LineSplitter.Piece, bytes: Int), _ session: Session) {
        server.turns.spend(1 + next.bytes / Turns.bytesOfUnit, share)
        switch next.piece {
        case .tooLong:
            let error = FrameParser.tooLong(server.limits)
            session.send(ReplyText.failure(id: .null, error))
            server.tell(error, nil, peer)
        case .line(let line): server.receive(line, session)
        case .long(let parts):
            state = .occupied
            server.longLines.read(parts, server.caller(session), server.limits) { [self] frame in
                // Its connection may have closed meanwhile; what it asked for is done all the same.
                server.receive(frame, bytes: next.bytes, session)
                work()
            }
        }
    }

    /// Who does not read is not read from, nor is who has to wait: what he sends waits in the kernel, not here.
    private func readOrWait() {
        guard let context else { return }
        let wants = state == .ready && outbox.isEmpty && outbox.hasRoom
        if wants == isReading { return }
        isReading = wants
        try? context.channel.syncOptions?.setOption(.autoRead, value: wants)
    }

    // MARK: Out

    /// The channel is writable when it has nothing, and only then (`writeBufferWaterMark`).
    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { wrote() }
        context.fireChannelWritabilityChanged()
    }

    /// Sends one line; all lines of a tick leave with one flush.
    func send(_ line: [UInt8]) {
        guard let context, admit(line.count, context) else { return }
        if outbox.isEmpty, line.count <= Outbox.pieceBytes, outbox.hasRoom {
            outbox.passed(line.count)
            write(line[...], context)
            scheduleFlush()
        } else {
            outbox.append([line[...]], line.count)
            pump()
        }
    }

    /// Sends one line that stands in several pieces.
    func send(pieces: [ArraySlice<UInt8>]) {
        let size = pieces.reduce(0) { $0 + $1.count }
        guard let context, admit(size, context) else { return }
        outbox.append(pieces, size)
        pump()
    }

    /// One line always passes: a payload that was let in is let out.
    private func admit(_ size: Int, _ context: ChannelHandlerContext) -> Bool {
        guard outbox.admits(size) else {
            server.tell(Notice(.readerClosed).with(peer))
            context.close(promise: nil)
            return false
        }
        server.shares.hold(size, share)
        return true
    }

    /// Hands to the channel what it takes, in pieces that are copied in no time, until it is another user's turn.
    ///
    /// A reader that keeps up would otherwise have all of a long reply in one go.
    private func pump() {
        guard let context else { return }
        while outbox.hasRoom, !outbox.isEmpty {
            if server.turns.isOver(share) {
                waitForTurn()
                break
            }
            if let piece = outbox.next() { write(piece, context) }
        }
        scheduleFlush()
        readOrWait()
    }

    private func write(_ piece: ArraySlice<UInt8>, _ context: ChannelHandlerContext) {
        let size = piece.count
        if size >= Turns.bytesOfUnit { server.turns.spend(size / Turns.bytesOfUnit, share) }
        var buffer = context.channel.allocator.buffer(capacity: size)
        buffer.writeBytes(piece)
        context.write(wrapOutboundOut(buffer), promise: nil)
    }

    /// The kernel has all that the channel was given.
    private func wrote() {
        let half = server.limits.watchBytes / 2
        let wasFull = outbox.bytes > half
        server.shares.hold(-outbox.wrote(), share)
        if wasFull, outbox.bytes <= half, let session { server.watches.drained(session) }
        outbox.isEmpty ? readOrWait() : pump()
        closeWhenDone()
    }

    private func scheduleFlush() {
        if isFlushScheduled { return }
        isFlushScheduled = true
        server.flushSoon(self)
    }

    /// The end of a tick in which something was sent.
    func flush() {
        isFlushScheduled = false
        context?.flush()
        closeWhenDone()
    }

    /// A client that closed its side has its replies first, all of their bytes: a channel drops what it has
    /// when it is closed.
    /// `socat - UNIX-CONNECT:… < requests` gets them all.
    func closeWhenDone() {
        guard isInputClosed, state == .ready, inbox.isEmpty, outbox.bytes == 0, !isFlushScheduled,
            let session, session.inFlight == 0
        else { return }
        context?.close(promise: nil)
    }
}
