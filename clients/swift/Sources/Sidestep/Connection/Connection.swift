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
        /// Whether a thread is about to send calls that waited for others to be answered.
        var isPumping = false
        /// The runs held on this connection, by lease.
        var holders: [String: Holder] = [:]
        /// Calls that may wait for long and could be made on another connection as well.
        var roaming = 0
    }

    let configuration: SidestepClient.Configuration
    /// How long to look for a daemon that went away.
    var patience: Duration { configuration.patience }
    let state: Mutex<State>
    /// Held while bytes are written, so that lines do not mix and calls leave in the order they were made.
    let writing = Mutex(())
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
    func send(
        _ method: String, _ params: RawJSON?, id: Int, mayResend: Bool, isPatient: Bool = false,
        _ complete: @escaping CallTable.Completion
    ) {
        let frame = Outgoing.request(id: id, method: method, params: params)
        let call = CallTable.Call(
            frame: frame, mayResend: mayResend, isPatient: isPatient,
            isTimed: !isPatient && !PatientMethods.long.contains(method),
            complete: complete)
        writing.withLock { _ in
            let (link, isNow) = state.withLock { state in
                switch state.link {
                case .closed: (state.link, false)
                case .up: (state.link, state.calls.add(call, id: id, isUp: true))
                case .down, .connecting: (state.link, state.calls.add(call, id: id, isUp: false))
                }
            }
            switch link {
            // A failed write is no news: the reader sees the end of the connection and looks after the call.
            case .up(let outlet): if isNow { outlet.write(frame) }
            case .closed: complete(.failure(Self.closedError))
            case .down, .connecting: break
            }
        }
        startIfDown()
    }

    /// Sends a notification; it is lost when there is no connection, as notifications may be.
    func notify(_ method: String, _ params: RawJSON?) {
        writing.withLock { _ in
            guard case .up(let outlet) = state.withLock({ $0.link }) else { return }
            outlet.write(Outgoing.notification(method: method, params: params))
        }
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
    /// - Parameter isShielded: go on when the task is cancelled. For what must be recorded once it has
    ///   happened.
    func call(
        _ method: String, _ params: RawJSON?, mayResend: Bool, isShielded: Bool = false
    ) async throws -> RawJSON {
        var trouble = WriteTrouble(patience: patience, log: configuration.log)
        while true {
            do {
                let answer = try await callInPlace(
                    method, params, mayResend: mayResend, isShielded: isShielded)
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
        _ method: String, _ params: RawJSON?, mayResend: Bool, isShielded: Bool
    ) async throws -> RawJSON {
        let id = state.withLock { $0.calls.nextID() }
        let isPatient = PatientMethods.all.contains(method)
        if isShielded {
            return try await reply(method, params, id: id, mayResend: mayResend, isPatient: isPatient)
        }
        return try await withTaskCancellationHandler {
            try Task.checkCancellation()
            return try await reply(method, params, id: id, mayResend: mayResend, isPatient: isPatient)
        } onCancel: {
            giveUp(id, method, params)
        }
    }

    /// Its task was cancelled: the daemon is told, and what it granted meanwhile is given back.
    private func giveUp(_ id: Int, _ method: String, _ params: RawJSON?) {
        let given = state.withLock { state in
            state.calls.giveUp(id) { [weak self] outcome in
                guard let self, case .success(let result) = outcome,
                    let back = GivenUp.back(method, params, result)
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
        send(method, params, id: state.withLock { $0.calls.nextID() }, mayResend: true) { _ in }
    }

    private func reply(
        _ method: String, _ params: RawJSON?, id: Int, mayResend: Bool, isPatient: Bool
    ) async throws -> RawJSON {
        try await withCheckedThrowingContinuation { continuation in
            send(method, params, id: id, mayResend: mayResend, isPatient: isPatient) { outcome in
                continuation.resume(with: outcome.mapError { Self.cancelled($0) ?? $0 })
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
