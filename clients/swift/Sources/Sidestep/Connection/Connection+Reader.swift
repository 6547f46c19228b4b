import SidestepLibC
import SidestepProtocol
import Synchronization

extension Connection {
    /// Starts the reading thread unless there is one.
    func startIfDown() {
        let patience: Duration? = state.withLock { state in
            guard case .down = state.link else { return nil }
            state.link = .connecting
            // A caller who never had a connection wants to hear at once that there is no daemon.
            return state.hasMet ? self.patience : .zero
        }
        guard let patience else { return }
        do {
            try Threads.start { self.readUntilIdle(patience: patience) }
        } catch {
            giveUp(Threads.noneLeft(error))
        }
    }

    /// Connects, reads, and connects again, until nobody needs the connection.
    ///
    /// - Parameter patience: how long the first attempts may go on.
    private func readUntilIdle(patience first: Duration) {
        var patience = first
        while let socket = connect(patience: patience) {
            attach(Outlet(socket))
            readLines(socket)
            guard detach() else { return }
            patience = self.patience
        }
    }

    private func connect(patience: Duration) -> UnixSocket? {
        let deadline = ContinuousClock.now + patience
        var backoff = Backoff()
        while true {
            do {
                let socket = try finder.connect()
                state.withLock { state in
                    state.finder = state.finder.staying(at: socket)
                    state.hasMet = true
                }
                return socket
            } catch {
                if isClosed { return nil }
                let pause = backoff.advance()
                guard ContinuousClock.now + pause < deadline else {
                    giveUp(error as? SidestepError ?? SidestepError(.connectionLost, "\(error)"))
                    return nil
                }
                Threads.pause(pause)
            }
        }
    }

    private var isClosed: Bool {
        if case .closed = state.withLock({ $0.link }) { return true }
        return false
    }

    /// Opens the new connection for callers, after the leases and the unanswered calls went out.
    private func attach(_ outlet: Outlet) {
        flush { state in
            guard case .connecting = state.link else { return }
            state.link = .up(outlet)
            let renewals = state.holders.values.map { renewal($0, &state) }
            for frame in renewals + state.calls.nextFrames() { outlet.enqueue(frame) }
        }
        if isClosed { outlet.socket.shutDown() }
    }

    /// The line that presents a lease. It is no waiting call: nobody but the holder wants to know what comes
    /// of it.
    private func renewal(_ holder: Holder, _ state: inout State) -> [UInt8] {
        let id = state.calls.nextID()
        let frame = Outgoing.request(
            id: id, method: "lease.renew", params: .object { $0.member("lease", holder.lease) })
        let call = CallTable.Call(frame: frame, mayResend: false) { outcome in
            guard case .failure(let error) = outcome, error.endsRun else { return }
            holder.ended(error)
        }
        state.calls.addOwn(call, id: id)
        return frame
    }

    private func readLines(_ socket: UnixSocket) {
        var lines = LineReader(socket)
        var watch = OverdueWatch(configuration.callTimeout)
        socket.limitReads(to: watch.interval)
        var isIdle = false
        while true {
            do throws(SystemError) {
                guard let line = try lines.next() else { return }
                receive(line)
                isIdle = false
            } catch {
                guard error.number == EAGAIN else { return }
                isIdle = true
            }
            if watch.isTime(isIdle) { endOverdue() }
        }
    }

    /// Calls that nobody answered in time fail; whether they were carried out nobody knows.
    func endOverdue() {
        guard let timeout = configuration.callTimeout else { return }
        let calls = state.withLock { $0.calls.takeOverdue(after: OverdueWatch(timeout).rounds) }
        guard !calls.isEmpty else { return }
        var error = SidestepError(
            .timeout, "the daemon did not answer within \(timeout)",
            hint: "see whether it hangs (`sidestep ping`); the call may have been carried out")
        error.which = "call"
        for call in calls { call.complete(.failure(error)) }
    }

    private func receive(_ line: ArraySlice<UInt8>) {
        switch Incoming(line: line) {
        case .answer(0, .failure(let error)) where error.kind == .payloadTooLarge:
            answered(state.withLock { $0.calls.longestSent } ?? 0, .failure(error))
        case .answer(let id, let outcome): answered(id, outcome)
        case .notification("run.cancelled", let params): cancelled(run: params?["run"]?.string)
        case .notification, .noise: break
        }
    }

    private func answered(_ id: Int, _ outcome: Result<RawJSON, SidestepError>) {
        let (call, mustPump) = state.withLock { state in
            let call = outcome.isRefusal ? state.calls.putBack(id) : state.calls.take(id)
            let mustPump = state.calls.hasNext && !state.isPumping
            if mustPump { state.isPumping = true }
            return (call, mustPump)
        }
        call?.complete(outcome)
        guard mustPump else { return }
        guard outcome.isRefusal else { return pump() }
        // What made the daemon refuse is answered by this thread, so the pause is another one's.
        let later: @Sendable () -> Void = {
            Threads.pause(.milliseconds(2))
            self.pump()
        }
        if (try? Threads.start(later)) == nil { pump() }
    }

    /// Sends the calls that had to wait because too many were unanswered.
    private func pump() {
        flush { state in
            state.isPumping = false
            guard state.isUp else { return }
            for frame in state.calls.nextFrames() { state.enqueue(frame) }
        }
    }

    private func cancelled(run: String?) {
        guard let run, let holder = state.withLock({ $0.holders.values.first { $0.run == run } }) else {
            return
        }
        var error = SidestepError(.runCancelled, "the run was cancelled", run: run)
        error.hint = "clean up, then release the run"
        holder.ended(error)
    }

    /// The connection broke. Returns whether somebody needs a new one.
    private func detach() -> Bool {
        let (isNeeded, inDoubt) = state.withLock { state in
            let inDoubt = state.calls.takeInDoubt()
            state.generation += 1
            if case .closed = state.link { return (false, inDoubt) }
            let isNeeded = !state.calls.isEmpty || !state.holders.isEmpty
            state.link = isNeeded ? .connecting : .down
            return (isNeeded, inDoubt)
        }
        let error = SidestepError(
            .connectionLost, "the connection to the daemon broke before it answered",
            hint: "the call may have been carried out; look before making it again")
        for call in inDoubt { call.complete(.failure(error)) }
        return isNeeded
    }

    private func giveUp(_ error: SidestepError) {
        let calls = state.withLock { state in
            if case .closed = state.link { return state.calls.takeAll() }
            state.link = .down
            return state.calls.takeAll()
        }
        for call in calls { call.complete(.failure(error)) }
    }
}

/// When the reading thread looks for calls that have taken too long.
private struct OverdueWatch {
    let interval: Duration
    /// So many looks after a call was made it has taken too long.
    let rounds: Int
    private var last = ContinuousClock.now
    private var lines = 0
    /// So many lines are read for one look at the clock: more where many come.
    private var stride = 1

    init(_ timeout: Duration?) {
        let timeout = timeout ?? .seconds(2)
        interval = min(.seconds(1), timeout / 2)
        rounds = Int((timeout / interval).rounded(.up))
    }

    /// Whether the interval has passed since it was said the last time.
    ///
    /// - Parameter isIdle: nothing came for as long as that.
    mutating func isTime(_ isIdle: Bool) -> Bool {
        lines += 1
        guard isIdle || lines % stride == 0 else { return false }
        let now = ContinuousClock.now
        guard isIdle || now - last >= interval else { return false }
        stride = min(64, max(1, lines / 16))
        (last, lines) = (now, 0)
        return true
    }
}

extension Result<RawJSON, SidestepError> {
    /// Whether the daemon did not look at the call, because too many others of this connection wait.
    fileprivate var isRefusal: Bool {
        guard case .failure(let error) = self else { return false }
        return error.kind == .limitExceeded && error.limit == "requests_in_flight"
    }
}
