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
    private var administrators: Administrators
    let loop: any EventLoop
    private var sessions: [Int64: Session] = [:]
    /// Calls of this tick of the loop, which share a commit.
    var collected: [Call] = []
    private var listener: (any Channel)?
    private(set) var isDraining = false
    /// How many connections are open; on the loop.
    public private(set) var connections = 0
    /// Told on the loop how many connections there are, whenever one comes or goes.
    public var onConnections: ((Int) -> Void)?
    private(set) lazy var watches = Watches(server: self)

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
        dispatcher = Dispatcher(information: information)
        coordinator.onGranted = { [weak self] session, run in self?.sessions[session]?.grantedRuns.insert(run)
        }
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
        dispatcher.information.settings = settings
    }

    /// Tells from now on that the socket is another file, on the loop.
    public func moved(to path: String) { dispatcher.information.socket = path }

    // MARK: Listening

    /// Begins to accept on a listening descriptor: one we bound, or one that was inherited.
    ///
    /// Blocks until it does: called from the main thread, never from the loop.
    public func listen(on descriptor: CInt) throws {
        listener = try bootstrap.withBoundSocket(descriptor).wait()
    }

    /// Accepts on another listening descriptor from now on, on the loop; connections stay.
    public func listen(anew descriptor: CInt) {
        loop.assertInEventLoop()
        bootstrap.withBoundSocket(descriptor).assumeIsolated().whenSuccess { listener in
            guard !self.isDraining else { return listener.close(promise: nil) }
            self.listener?.close(promise: nil)
            self.listener = listener
        }
    }

    private var bootstrap: ServerBootstrap {
        ServerBootstrap(group: loop)
            .serverChannelOption(.backlog, value: 512)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.writeBufferWaterMark, value: .init(low: 256 << 10, high: 1 << 20))
            .childChannelOption(.maxMessagesPerRead, value: 4)
            .childChannelInitializer { channel in self.accept(channel) }
    }

    private func accept(_ channel: any Channel) -> EventLoopFuture<Void> {
        count(channel)
        guard sessions.count < limits.connections else {
            tell(Notice(.limitRefused).with(.limit, "connections"))
            return channel.pipeline.addHandler(RefusedConnection(reply: tooManyConnections))
        }
        return PeerReader.peer(of: channel, administrators).flatMapThrowing { peer in
            try channel.pipeline.syncOperations.addHandler(Connection(server: self, peer: peer))
        }
    }

    /// From the moment it is accepted, which is before it has a session, until it is closed.
    private func count(_ channel: any Channel) {
        connections += 1
        onConnections?(connections)
        channel.closeFuture.assumeIsolated().whenComplete { _ in
            self.connections -= 1
            self.onConnections?(self.connections)
        }
    }

    private var tooManyConnections: [UInt8] {
        let error = RPCError(
            .limitExceeded, "the daemon has \(limits.connections) connections, which is its limit",
            hint: "Close connections that are not needed, or raise limits.connections."
        ) { $0.member("limit", "connections") }
        return ReplyText.failure(id: .null, error)
    }

    /// Accepts no more, on the loop; who connects now waits in the backlog of an inherited socket.
    public func stopAccepting() {
        loop.assertInEventLoop()
        listener?.close(mode: .all, promise: nil)
        listener = nil
    }

    /// Stops accepting and answers what was read; refuses what still waits.
    public func drain() {
        try? loop.submit {
            self.isDraining = true
            self.stopAccepting()
            self.coordinator.refuseParked()
        }.wait()
    }

    /// Whether every request that was read has its reply.
    public var isIdle: Bool {
        (try? loop.submit { self.sessions.values.allSatisfy { $0.inFlight == 0 } }.wait()) ?? true
    }

    // MARK: Connections

    func open(_ connection: Connection, _ peer: Peer) -> Session {
        let id = environment.openSession()
        let session = Session(id: id, peer: peer, connection: connection, pulse: environment.pulse(of: id))
        sessions[session.id] = session
        dispatcher.information.connections = sessions.count
        return session
    }

    func close(_ session: Session) {
        writeHeld(session)
        sessions[session.id] = nil
        session.isOpen = false
        watches.sessionClosed(session)
        dispatcher.information.copies.sessionClosed(session.id)
        dispatcher.information.connections = sessions.count
        coordinator.sessionClosed(session.id)
    }
}
