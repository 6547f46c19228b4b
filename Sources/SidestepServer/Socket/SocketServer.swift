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
    private(set) var limits: Limits
    let log: Logger
    let coordinator: Coordinator
    let environment: Environment
    let dispatcher: Dispatcher
    private(set) var administrators: Administrators
    let loop: any EventLoop
    let shares: Shares
    let turns: Turns
    let longLines: LongLines
    private var sessions: [Int64: Session] = [:]
    var heldClock = HeldClock()
    var tick = Tick()
    private var acceptor: Acceptor?
    private(set) var isDraining = false
    /// How many connections are open; on the loop.
    public var connections: Int { shares.connections }
    /// Told on the loop how many connections there are, whenever one comes or goes.
    public var onConnections: ((Int) -> Void)?
    private(set) lazy var watches = Watches(server: self)

    /// - Parameter information: what `system.info` answers of the daemon, beside the engine's counts.
    /// - Throws: when the system has no thread left.
    public init(
        coordinator: Coordinator, environment: Environment, loop: any EventLoop, limits: Limits,
        administrators: Administrators, information: DaemonInformation, log: Logger
    ) throws {
        self.coordinator = coordinator
        self.environment = environment
        self.loop = loop
        self.limits = limits
        self.administrators = administrators
        self.log = log
        dispatcher = Dispatcher(information: information)
        shares = Shares(limits)
        turns = Turns(loop, shares)
        longLines = try LongLines(loop, dispatcher)
        shares.onSeveral = { coordinator.serve(severalUsers: $0) }
        coordinator.onGranted = { [weak self] session, run in
            self?.sessions[session]?.grantedRuns.insert(run)
        }
        coordinator.onEnded = { [weak self] session, run in self?.sessions[session]?.grantedRuns.end(run) }
        coordinator.onAnnounced = { [weak self] in self?.watches.announce($0) }
        coordinator.onCancelled = { [weak self] session, run, cancellation in
            self?.sessions[session]?.send(Notifications.cancelled(run, cancellation))
        }
    }

    /// Takes other limits and administrators, on the loop; for lines and connections that come from now on.
    public func apply(_ limits: Limits, _ administrators: Administrators, _ settings: [ShownSetting]) {
        loop.assertInEventLoop()
        self.limits = limits
        self.administrators = administrators
        shares.limits = limits
        dispatcher.information.settings.replace(settings)
    }

    /// Tells from now on that the socket is another file, on the loop.
    public func moved(to path: String) { dispatcher.information.socket.replace(path) }

    // MARK: Listening

    /// Begins to accept on a listening descriptor: one we bound, or one that was inherited.
    ///
    /// - Throws: when the system has no thread or descriptor left.
    public func listen(on descriptor: CInt) throws {
        acceptor = try Acceptor(listening: descriptor, server: self)
    }

    /// Accepts on another listening descriptor from now on, on the loop; connections stay.
    ///
    /// - Throws: when the system has no thread or descriptor left; then it accepts where it did.
    public func listen(anew descriptor: CInt) throws {
        loop.assertInEventLoop()
        if isDraining { return }
        let former = acceptor
        acceptor = try Acceptor(listening: descriptor, server: self)
        former?.stop()
    }

    /// Serves a connection that was accepted; on the loop.
    func serve(_ descriptor: CInt, _ peer: Peer) {
        let share = shares.share(of: peer.uid)
        shares.connected(share)
        onConnections?(connections)
        let bound = NIOLoopBound(share, eventLoop: loop)
        let channel = ClientBootstrap(group: loop)
            .channelOption(.allowRemoteHalfClosure, value: true)
            // It tells when it has nothing any more, which costs a tenth of a promise for each write.
            .channelOption(.writeBufferWaterMark, value: .init(low: 1, high: 1))
            // The others have their turn after each read.
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let connection = Connection(server: self, peer: peer, share: bound.value)
                    try channel.pipeline.syncOperations.addHandler(connection)
                }
            }
            .withConnectedSocket(descriptor)
        channel.flatMap(\.closeFuture).whenComplete { _ in
            self.shares.disconnected(bound.value)
            self.onConnections?(self.connections)
        }
    }

    /// Accepts no more, on the loop; who connects now waits in the backlog of an inherited socket.
    public func stopAccepting() {
        loop.assertInEventLoop()
        acceptor?.stop()
        acceptor = nil
    }

    /// Stops accepting and answers what was read; refuses what still waits.
    public func drain() {
        try? loop.submit {
            self.isDraining = true
            self.stopAccepting()
            self.coordinator.refuseParked()
        }.wait()
    }

    /// Whether every request that was read has its reply, and the kernel has all of them.
    public var isIdle: Bool {
        let isIdle = try? loop.submit {
            self.sessions.values.allSatisfy { $0.inFlight == 0 && $0.queuedBytes == 0 }
        }.wait()
        return isIdle ?? true
    }

    // MARK: Connections

    func open(_ connection: Connection, _ peer: Peer, _ share: UserShare) -> Session {
        let id = environment.openSession()
        let session = Session(
            id: id, peer: peer, share: share, shares: shares, connection: connection,
            pulse: environment.pulse(of: id))
        sessions[session.id] = session
        return session
    }

    func close(_ session: Session) {
        writeHeld(session)
        sessions[session.id] = nil
        session.close()
        watches.sessionClosed(session)
        dispatcher.information.copies.sessionClosed(session.id)
        coordinator.sessionClosed(session.id)
    }
}
