import SidestepModel

/// Waits, signals, promises, workers and cancelling as the oracle sees them.
extension Oracle {
    /// How long the owner of a run that was asked to end may take.
    static let grace: Int64 = 10

    // MARK: Waits

    /// - Parameter conditions: `signal:NAME` and `promise:NAME`, in the order in which they are looked at.
    mutating func wait(
        _ lease: Lease, _ step: String, _ client: (process: Int32, session: Int64), _ conditions: [String],
        timeout: Int64?
    ) -> Reply {
        if let refused = check(lease, client) { return .refused(refused) }
        let mark = conditions + (timeout == nil ? [] : ["time"])
        let known = runs[lease.run]!.steps[step]
        if let known, !(known.status == .backoff && known.mark == mark) {
            if let recorded = known.mark, recorded != mark { return .refused(.stepMismatch) }
            switch known.status {
            case .completed: return .output(known.output!)
            case .waiting: return .refused(.timeout)
            default: return .refused(.invalidArgument)
            }
        }
        var record = Step(status: .waiting)
        record.mark = mark
        record.place = nextPlace()
        record.opened = known?.opened ?? record.place
        record.due = known?.due ?? timeout.map { now + $0 }
        for condition in conditions {
            guard let output = take(condition, lease.run, step) else { continue }
            record.output = output
            break
        }
        if record.output == nil, let due = record.due, due <= now { record.output = Self.byTime }
        if let output = record.output {
            record.status = .completed
            record.due = nil
            runs[lease.run]!.steps[step] = record
            runs[lease.run]!.progressed = true
            return .output(output)
        }
        for case let condition in conditions where condition.hasPrefix("promise:") {
            let name = String(condition.dropFirst("promise:".count))
            if runs[lease.run]!.promises[name] == nil { runs[lease.run]!.promises[name] = .some(nil) }
        }
        runs[lease.run]!.steps[step] = record
        return .opened
    }

    static let byTime = #"{"by":"time"}"#

    /// What is there already: a signal is consumed by it.
    private mutating func take(_ condition: String, _ run: String, _ step: String) -> String? {
        let parts = condition.split(separator: ":").map(String.init)
        if parts[0] == "promise" {
            guard case .some(.some(let value)) = runs[run]!.promises[parts[1]] else { return nil }
            return Self.byPromise(parts[1], value)
        }
        guard let index = runs[run]!.signals.firstIndex(where: { $0.name == parts[1] }) else { return nil }
        let signal = runs[run]!.signals.remove(at: index)
        runs[run]!.taken[step] = signal
        return Self.bySignal(signal)
    }

    private static func bySignal(_ signal: Signal) -> String {
        #"{"by":"signal","name":"\#(signal.name)","value":\#(signal.value)}"#
    }

    private static func byPromise(_ name: String, _ value: String) -> String {
        #"{"by":"promise","name":"\#(name)","status":"resolved","value":\#(value)}"#
    }

    mutating func signal(
        _ run: String, _ name: String, _ value: String, id: String, mayPrecede: Bool
    ) -> Reply {
        guard let known = runs[run] else {
            guard mayPrecede else { return .refused(.runNotFound) }
            if early[run]?.contains(where: { $0.id == id }) != true {
                early[run, default: []].append((id, name, value))
            }
            return .done
        }
        if known.messageIDs.contains(id) { return .done }
        if known.status.isClosed { return .refused(closedKind(known)) }
        runs[run]!.messageIDs.insert(id)
        hand(Signal(name: name, value: value, number: runs[run]!.messageIDs.count), to: run)
        return .done
    }

    /// A run that was made just now has the signals that waited for it.
    mutating func adopt(_ name: String, _ run: inout Run) {
        for (id, signal, value) in early.removeValue(forKey: name) ?? [] {
            guard run.messageIDs.insert(id).inserted else { continue }
            run.signals.append(Signal(name: signal, value: value, number: run.messageIDs.count))
        }
    }

    /// The oldest wait for it gets a signal, or it is kept, in its place.
    private mutating func hand(_ signal: Signal, to run: String) {
        if let step = oldestWait(run, "signal:\(signal.name)") {
            runs[run]!.taken[step] = signal
            wake(run, step, Self.bySignal(signal))
        } else {
            let kept = runs[run]!.signals
            let place = kept.firstIndex { $0.number > signal.number } ?? kept.endIndex
            runs[run]!.signals.insert(signal, at: place)
        }
    }

    /// Nobody waits any more: what came unseen is given back.
    mutating func giveUp(_ lease: Lease, _ step: String, _ client: (process: Int32, session: Int64)) -> Reply
    {
        if let refused = check(lease, client, for: .ending) { return .refused(refused) }
        guard let known = runs[lease.run]!.steps[step] else { return .output("false") }
        let mayGiveBack = known.status == .completed && !isShared(known, of: lease.run)
        let taken = mayGiveBack ? runs[lease.run]!.taken.removeValue(forKey: step) : nil
        guard known.status == .waiting || taken != nil else { return .output("false") }
        runs[lease.run]!.steps[step]!.status = .backoff
        runs[lease.run]!.steps[step]!.output = nil
        if let taken { hand(taken, to: lease.run) }
        return .output("true")
    }

    /// Whether a fork has the outcome as well; those of earlier generations are there, too.
    private func isShared(_ known: Step, of run: String) -> Bool {
        let outcome = [runs[run]!.age, known.place]
        return (Array(runs.values) + past.values.flatMap(\.values)).contains { $0.shared.contains(outcome) }
    }

    mutating func resolve(_ run: String, promise: String, _ value: String) -> Reply {
        guard let known = runs[run] else { return .refused(.runNotFound) }
        if case .some(.some(let settled)) = known.promises[promise] { return .output(settled) }
        if known.status.isClosed { return .refused(closedKind(known)) }
        runs[run]!.promises[promise] = .some(value)
        while let step = oldestWait(run, "promise:\(promise)") {
            wake(run, step, Self.byPromise(promise, value))
        }
        return .output(value)
    }

    private func oldestWait(_ run: String, _ condition: String) -> String? {
        runs[run]!.steps.filter { $0.value.status == .waiting && $0.value.mark!.contains(condition) }
            .min { $0.value.opened < $1.value.opened }?.key
    }

    private mutating func wake(_ run: String, _ step: String, _ output: String) {
        runs[run]!.steps[step]!.status = .completed
        runs[run]!.steps[step]!.output = output
        runs[run]!.steps[step]!.due = nil
        runs[run]!.steps[step]!.place = nextPlace()
        runs[run]!.progressed = true
        if runs[run]!.status == .waiting { runs[run]!.status = .queued }
    }

    func closedKind(_ run: Run) -> ErrorKind { run.status == .cancelled ? .runCancelled : .runClosed }

    mutating func suspend(_ lease: Lease, _ client: (process: Int32, session: Int64)) -> Reply {
        if let refused = check(lease, client) { return .refused(refused) }
        guard runs[lease.run]!.steps.values.contains(where: { $0.status == .waiting }) else {
            return .refused(.invalidArgument)
        }
        loseSteps(of: lease.run)
        runs[lease.run]!.status = .waiting
        runs[lease.run]!.owner = nil
        runs[lease.run]!.mayReturn = false
        return .status(.waiting)
    }

    // MARK: Workers

    /// The run that a worker gets next, and what it is told.
    mutating func claim(_ client: (process: Int32, session: Int64)) -> (run: String, reply: Reply)? {
        let ready = runs.filter { _, run in
            (run.status == .queued || run.status == .interrupted) && (run.nextAttempt ?? 0) <= now
        }
        guard let run = ready.min(by: { $0.value.age < $1.value.age })?.key else { return nil }
        return (run, grant(run, client))
    }

    // MARK: Cancelling

    mutating func cancel(_ run: String) -> Reply {
        guard let known = runs[run] else { return .refused(.runNotFound) }
        if known.status == .cancelled { return .status(.cancelled) }
        if known.status.isClosed { return .refused(.runClosed) }
        let final = now + Self.grace
        if let earlier = known.cancelAt, earlier <= final { return .status(known.status) }
        runs[run]!.cancelAt = final
        if known.owner == nil { endCancelled(run) }
        return .status(runs[run]!.status)
    }

    mutating func endCancelled(_ run: String) {
        loseSteps(of: run)
        runs[run]!.status = .cancelled
        runs[run]!.reason = nil
        runs[run]!.owner = nil
        runs[run]!.mayReturn = false
        runs[run]!.nextAttempt = nil
    }

    // MARK: Time

    /// The owners on this connection (nil: on all) lost it, and have so long to come back.
    mutating func cutOff(_ session: Int64?, grace: Int64) {
        for (name, run) in runs where run.owner != nil && (session == nil || run.owner!.session == session) {
            runs[name]!.awayUntil = now + grace
        }
    }

    private enum Due {
        case wait(String), away, ending

        /// At one moment waits come first.
        var rank: Int {
            switch self {
            case .wait: 0
            case .away: 1
            case .ending: 2
            }
        }
    }

    /// Time has passed up to `end`: whatever was over by then is settled in its order.
    mutating func pass(until end: Int64) {
        while let next = nextDue(), next.at <= end {
            now = max(now, next.at)
            switch next.due {
            case .wait(let step): wake(next.run, step, Self.byTime)
            case .away: interrupt(next.run, mayReturn: true)
            case .ending: endCancelled(next.run)
            }
        }
        now = end
    }

    private func nextDue() -> (at: Int64, run: String, due: Due)? {
        var dues: [(at: Int64, run: String, due: Due)] = []
        for (name, run) in runs {
            if let final = run.cancelAt, !run.status.isClosed { dues.append((final, name, .ending)) }
            if let until = run.awayUntil, run.status == .running { dues.append((until, name, .away)) }
            for (step, record) in run.steps where record.status == .waiting {
                if let due = record.due { dues.append((due, name, .wait(step))) }
            }
        }
        return dues.min { ($0.at, $0.due.rank, $0.run) < ($1.at, $1.due.rank, $1.run) }
    }
}
