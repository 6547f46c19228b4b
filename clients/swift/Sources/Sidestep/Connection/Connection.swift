import SidestepProtocol
import Synchronization

/// A connection that many tasks share, and that comes back by itself when it breaks.
///
/// One thread reads. Callers write for themselves, one at a time, and never wait for the daemon to read. When the
/// connection breaks, the reading thread finds the daemon again, presents the leases held here and sends the unanswered
/// calls once more.
final class Connection: Sendable {
    /// What a run wants to hear from its connection.
    struct Holder: Sendable {
        let run: String
        let lease: String
        /// The lease is gone, or the run was cancelled.
        let ended: @Sendable (SidestepError) -> Void
    }

    /// How the connection stands.
    enum Link {
        /// Nobody is connected or connecting; the next call begins to.
        case down
        case connecting
        case up(Outlet)
        case closed
    }

    struct State {
        /// Once a daemon was found, no other one is taken for it.
        var finder: DaemonFinder
        var link = Link.down
        /// Whether it has found a daemon: that one is looked for with patience when it is gone.
        var hasMet = false
        /// Counts the connections that broke.
        var generation = 0
        var calls = CallTable()
        var begins = HeldBegins()
        /// Whether a thread is about to send calls that waited for others to be answered.
        var isPumping = false
        /// The runs held on this connection, by lease.
        var holders: [String: Holder] = [:]
        /// Calls that may wait for long and could be made on another connection as well.
        var roaming = 0

        var isUp: Bool {
            if case .up = link { true } else { false }
        }

        /// Puts a frame behind all others, if there is a connection; it goes out with the next flush. In the lock of
        /// the state, so that frames leave in the order in which they were made.
        func enqueue(_ frame: [UInt8]) {
            if case .up(let outlet) = link { outlet.enqueue(frame) }
        }

        /// Enqueues the begins that are held.
        mutating func takeBegins() -> [HeldBegins.Params] { enqueued(begins.takeAll()) }

        func enqueued(_ begins: [HeldBegins.Params]) -> [HeldBegins.Params] {
            for params in begins {
                enqueue(Outgoing.notification(method: "step.begin", params: params()))
            }
            return begins
        }
    }

    let configuration: SidestepClient.Configuration
    /// How long to look for a daemon that went away.
    var patience: Duration { configuration.patience }
    let state: Mutex<State>
    /// Further connections, for calls that wait and have no place on this one.
    let spares = Mutex<[Connection]>([])

    /// - Parameter finder: finds the daemon that another connection has met.
    init(_ configuration: SidestepClient.Configuration, finder: DaemonFinder? = nil) {
        self.configuration = configuration
        let first = DaemonFinder(socket: configuration.socket, autostart: configuration.autostart)
        state = Mutex(State(finder: finder ?? first, hasMet: finder != nil))
    }

    /// Where the daemon is looked for.
    var finder: DaemonFinder { state.withLock { $0.finder } }

    /// Sends a call; `complete` is called one time, on another thread or this one.
    ///
    /// - Parameter endsStep: it is the end of a step, which says nothing about others that have begun.
    func send(
        _ line: Outgoing, id: Int, _ kind: MethodKind, mayResend: Bool, endsStep: Bool = false,
        _ complete: @escaping CallTable.Completion
    ) {
        let frame = line.request(id)
        let call = CallTable.Call(
            frame: frame, mayResend: mayResend, isPatient: kind.isPatient, isTimed: kind == .quick,
            complete: complete)
        // Begins are let go of outside the lock: one may be the last to hold its run.
        let (link, begins) = state.withLock { state in
            if case .closed = state.link { return (state.link, [HeldBegins.Params]()) }
            let begins = endsStep ? [] : state.takeBegins()
            if state.calls.add(call, id: id, isUp: state.isUp) { state.enqueue(frame) }
            return (state.link, begins)
        }
        withExtendedLifetime(begins) {}
        switch link {
        // A failed write is no news: the reader sees the end of the connection and looks after the call.
        case .up(let outlet): outlet.flush()
        case .closed: complete(.failure(Self.closedError))
        case .connecting: break
        case .down: startIfDown()
        }
    }

    /// Sends a notification; it is lost when there is no connection, as notifications may be.
    func notify(_ method: String, _ params: RawJSON?) {
        let frame = Outgoing.notification(method: method, params: params)
        flush { state in
            let begins = state.takeBegins()
            state.enqueue(frame)
            return begins
        }
    }

    /// Sends what `enqueue` puts into the connection's outlet.
    func flush<Kept>(_ enqueue: (inout State) -> Kept) {
        let (link, kept) = state.withLock { state in
            let kept = enqueue(&state)
            return (state.link, kept)
        }
        if case .up(let outlet) = link { outlet.flush() }
        withExtendedLifetime(kept) {}
    }

    /// Ends the connection; calls that wait fail.
    func close() {
        let link = state.withLock { state in
            defer { state.link = .closed }
            return state.link
        }
        if case .up(let outlet) = link { outlet.socket.shutDown() }
        for call in state.withLock({ $0.calls.takeAll() }) { call.complete(.failure(Self.closedError)) }
        for spare in spares.withLock({ $0 }) { spare.close() }
    }

    static let closedError = SidestepError(.connectionLost, "this client was closed")

    // MARK: - Leases

    /// Presents the run's lease on every new connection from now on.
    func hold(_ holder: Holder) { state.withLock { $0.holders[holder.lease] = holder } }

    /// The run is over for this connection.
    func drop(lease: String?) {
        guard let lease else { return }
        state.withLock { $0.holders[lease] = nil }
    }
}

// MARK: - Calls of tasks

extension Connection {
    /// Calls a method and waits for its result without blocking a thread, also for a daemon that cannot write now.
    ///
    /// - Parameters:
    ///   - isShielded: go on when the task is cancelled. For what must be recorded once it has happened.
    ///   - endsStep: it is the end of a step, which says nothing about others that have begun.
    func call(
        _ line: Outgoing, mayResend: Bool, isShielded: Bool = false, endsStep: Bool = false
    ) async throws -> RawJSON {
        try await configuration.observed(Activity(kind: .call, name: line.method)) {
            try await callWhileTroubled(
                line, mayResend: mayResend, isShielded: isShielded, endsStep: endsStep)
        }
    }

    private func callWhileTroubled(
        _ line: Outgoing, mayResend: Bool, isShielded: Bool, endsStep: Bool
    ) async throws -> RawJSON {
        var trouble = WriteTrouble(patience: patience, log: configuration.log)
        while true {
            do {
                let answer = try await callInPlace(
                    line, mayResend: mayResend, isShielded: isShielded, endsStep: endsStep)
                trouble.isOver()
                return answer
            } catch let error as SidestepError {
                guard let pause = trouble.pause(after: error) else { throw error }
                // A sleep of its own task is not cut short by the cancelling of ours.
                if isShielded {
                    await Task.detached { try? await Task.sleep(for: pause) }.value
                } else {
                    try await Task.sleep(for: pause)
                }
            }
        }
    }

    func callOnce(
        _ line: Outgoing, _ kind: MethodKind, mayResend: Bool, isShielded: Bool, endsStep: Bool = false
    ) async throws -> RawJSON {
        let id = state.withLock { $0.calls.nextID() }
        if isShielded {
            return try await reply(line, id: id, kind, mayResend: mayResend, endsStep: endsStep)
        }
        return try await withTaskCancellationHandler {
            try Task.checkCancellation()
            return try await reply(line, id: id, kind, mayResend: mayResend, endsStep: endsStep)
        } onCancel: {
            giveUp(id, line)
        }
    }

    /// Its task was cancelled: the daemon is told, and what it granted meanwhile is given back.
    private func giveUp(_ id: Int, _ line: Outgoing) {
        let given = state.withLock { state in
            state.calls.giveUp(id) { [weak self] outcome in
                guard let self, case .success(let result) = outcome,
                    let back = GivenUp.back(line, result)
                else { return }
                self.tell(back.method, back.params)
            }
        }
        guard let given else { return }
        if given.wasSent { notify("rpc.cancel", .object { $0.member("id", id) }) }
        given.call.complete(.failure(Self.cancelledCall))
    }

    /// Sends a call whose answer nobody waits for; it outlives a lost connection.
    func tell(_ method: String, _ params: RawJSON) {
        let id = state.withLock { $0.calls.nextID() }
        send(Outgoing(method, params), id: id, .of(method), mayResend: true) { _ in }
    }

    /// Unchecked: the table of calls completes each one time, which its own tests show.
    private func reply(
        _ line: Outgoing, id: Int, _ kind: MethodKind, mayResend: Bool, endsStep: Bool
    ) async throws -> RawJSON {
        try await withUnsafeThrowingContinuation { continuation in
            send(line, id: id, kind, mayResend: mayResend, endsStep: endsStep) { outcome in
                switch outcome {
                case .success(let result): continuation.resume(returning: result)
                case .failure(let error): continuation.resume(throwing: Self.cancelled(error) ?? error)
                }
            }
        }
    }

    /// Stands for `CancellationError` inside the table, whose results carry `SidestepError`.
    private static let cancelledCall = SidestepError(
        SidestepError.Kind(rawValue: "task_cancelled"), "cancelled")

    private static func cancelled(_ error: SidestepError) -> (any Error)? {
        error.kind == cancelledCall.kind ? CancellationError() : nil
    }
}
