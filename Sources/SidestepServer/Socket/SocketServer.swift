import Logging
import NIOCore
import NIOPosix
import SidestepEngine
import SidestepModel
import SidestepProtocol

/// The Unix socket: accepts, frames, dispatches. All of it lives on one event loop.
///
/// Unchecked: every member that changes is touched on the loop, which `assertOnLoop` holds in debug builds.
public final class SocketServer: @unchecked Sendable {
    let limits: Limits
    let log: Logger
    private let coordinator: Coordinator
    private let environment: Environment
    private let dispatcher: Dispatcher
    private let administrators: Administrators
    private let loop: any EventLoop
    private var sessions: [Int64: Session] = [:]
    private var collected: [Call] = []
    private var listener: (any Channel)?
    private var isDraining = false

    /// - Parameter information: what `system.info` answers of the daemon, beside the engine's counts.
    public init(
        coordinator: Coordinator, environment: Environment, loop: any EventLoop, limits: Limits,
        administrators: Administrators, information: DaemonInformation, log: Logger
    ) {
        self.coordinator = coordinator
        self.environment = environment
        self.loop = loop
        self.limits = limits
        self.administrators = administrators
        self.log = log
        dispatcher = Dispatcher(information: information, limits: limits)
        coordinator.onGranted = { [weak self] session, run in self?.sessions[session]?.grantedRuns.insert(run) }
    }

    // MARK: Listening

    /// Begins to accept on a listening descriptor: one we bound, or one that was inherited.
    ///
    /// Blocks until it does: called from the main thread, never from the loop.
    public func listen(on descriptor: CInt) throws {
        let bootstrap = ServerBootstrap(group: loop)
            .serverChannelOption(.backlog, value: 512)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.writeBufferWaterMark, value: .init(low: 256 << 10, high: 1 << 20))
            .childChannelOption(.maxMessagesPerRead, value: 4)
            .childChannelInitializer { channel in self.accept(channel) }
        listener = try bootstrap.withBoundSocket(descriptor).wait()
    }

    private func accept(_ channel: any Channel) -> EventLoopFuture<Void> {
        guard sessions.count < limits.connections else {
            return channel.pipeline.addHandler(RefusedConnection(reply: tooManyConnections))
        }
        return PeerReader.peer(of: channel, administrators).flatMapThrowing { peer in
            try channel.pipeline.syncOperations.addHandler(Connection(server: self, peer: peer))
        }
    }

    private var tooManyConnections: [UInt8] {
        let error = RPCError(
            .limitExceeded, "the daemon has \(limits.connections) connections, which is its limit",
            hint: "Close connections that are not needed, or raise limits.connections."
        ) { $0.member("limit", "connections") }
        return ReplyText.failure(id: .null, error)
    }

    /// Stops accepting and answers what was read; refuses what still waits.
    public func drain() {
        try? loop.submit {
            self.isDraining = true
            self.listener?.close(mode: .all, promise: nil)
            self.coordinator.refuseParked()
        }.wait()
    }

    /// Whether every request that was read has its reply.
    public var isIdle: Bool {
        (try? loop.submit { self.sessions.values.allSatisfy { $0.inFlight == 0 } }.wait()) ?? true
    }

    // MARK: Connections

    func open(_ connection: Connection, _ peer: Peer) -> Session {
        let session = Session(id: environment.openSession(), peer: peer, connection: connection)
        sessions[session.id] = session
        dispatcher.information.connections = sessions.count
        return session
    }

    func close(_ session: Session) {
        writeHeld(session)
        sessions[session.id] = nil
        dispatcher.information.connections = sessions.count
        coordinator.sessionClosed(session.id)
    }

    func receive(_ piece: LineSplitter.Piece, _ session: Session) {
        switch piece {
        case .tooLong: session.send(ReplyText.failure(id: .null, FrameParser.tooLong(limits)))
        case .line(let bytes): receive(FrameParser.parse(bytes[...], limits: limits), session)
        }
    }

    private func receive(_ frame: Frame, _ session: Session) {
        switch frame {
        case .single(let item): receive(item, session, Exchange(session, count: 1, isBatch: false))
        case .batch(let items):
            let exchange = Exchange(session, count: items.count, isBatch: true)
            for item in items { receive(item, session, exchange) }
        }
    }

    private func receive(_ item: FrameItem, _ session: Session, _ exchange: Exchange) {
        switch item {
        // The server asks nothing, so an answer is nothing it waits for.
        case .response: exchange.settle(nil)
        case .invalid(let id, let error): exchange.settle(ReplyText.failure(id: id ?? .null, error))
        case .request(let request): receive(request, session, exchange)
        }
    }

    private func receive(_ request: RPCRequest, _ session: Session, _ exchange: Exchange) {
        if let refusal = refusal(session) { return exchange.settle(request.id.map { ReplyText.failure(id: $0, refusal) }) }
        session.begin()
        let settle = { (outcome: Result<[UInt8], RPCError>) in
            session.end()
            exchange.settle(request.id.map { Self.text($0, outcome) })
            session.closeWhenDone()
        }
        switch dispatcher.dispatch(request, session, limits) {
        case .failure(let error): settle(.failure(error))
        case .success(.now(let json)): settle(.success(json))
        case .success(.query(let query)):
            writeHeld(session)
            if session.commandsInFlight > 0 {
                let context = context(session)
                return submit(session, { _, _ in .reading { try query($0, context) } }, settle)
            }
            let settled = NIOLoopBound(settle, eventLoop: loop)
            coordinator.read(context(session), query) { settled.value($0.mapError(RPCError.init)) }
        case .success(.command(let work)):
            writeHeld(session)
            submit(session, work, settle)
        case .success(.begin(let key, let begin, let work)):
            guard request.id == nil, !begin.atMostOnce else {
                writeHeld(session)
                return submit(session, work, settle)
            }
            hold(key, .init(begun: UnwrittenBegin(begin: begin, at: environment.clock.now()), work: work), session)
            settle(.success([]))
        case .success(.outcome(let key, let make)):
            let begun = session.held.take(key)
            if begun == nil { writeHeld(session) }
            submit(session, make(begun), settle)
        }
    }

    /// Keeps a beginning for a moment, in case that its outcome follows.
    private func hold(_ key: HeldBegins.Key, _ held: HeldBegins.Held, _ session: Session) {
        if session.held.isFull { writeHeld(session) }
        session.held.insert(key, held)
        if session.hasHoldTimer { return }
        session.hasHoldTimer = true
        loop.assumeIsolated().scheduleTask(in: .milliseconds(HeldBegins.milliseconds)) {
            session.hasHoldTimer = false
            self.writeHeld(session)
        }
    }

    /// Writes the beginnings that still wait, before anything that could see them missing.
    private func writeHeld(_ session: Session) {
        for held in session.held.takeAll() { submit(session, held.work, { _ in }) }
    }

    private func submit(
        _ session: Session, _ work: @escaping Call.Work, _ settle: @escaping (Result<[UInt8], RPCError>) -> Void
    ) {
        session.commandsInFlight += 1
        let call = Call(
            environment: environment, peer: session.peer, session: session.id, grantedRuns: session.grantedRuns,
            work: work
        ) { result in
            session.commandsInFlight -= 1
            settle(result.mapError(RPCError.init))
        }
        collect(call)
    }

    private static func text(_ id: RawJSON, _ outcome: Result<[UInt8], RPCError>) -> [UInt8] {
        switch outcome {
        case .success(let json): ReplyText.success(id: id, json)
        case .failure(let error): ReplyText.failure(id: id, error)
        }
    }

    private func refusal(_ session: Session) -> RPCError? {
        if isDraining {
            return RPCError(.shuttingDown, "the daemon is shutting down", hint: "Connect again and send the call again.")
        }
        guard session.inFlight >= limits.requestsInFlight else { return nil }
        return RPCError(
            .limitExceeded, "this connection has \(limits.requestsInFlight) requests without a reply, which is the limit",
            hint: "Wait for replies before sending more."
        ) { $0.member("limit", "requests_in_flight") }
    }

    private func context(_ session: Session) -> CallContext {
        CallContext(
            environment: environment, peer: session.peer, session: session.id, grantedRuns: session.grantedRuns,
            now: environment.clock.now())
    }

    /// Gathers the calls of one tick of the loop: they share a commit.
    private func collect(_ call: Call) {
        collected.append(call)
        if collected.count > 1 { return }
        loop.execute {
            let calls = self.collected
            self.collected = []
            self.coordinator.submit(calls)
        }
    }
}
