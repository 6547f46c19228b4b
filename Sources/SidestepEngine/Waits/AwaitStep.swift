import SidestepModel
import SidestepProtocol
import SidestepStore

/// When time ends a wait.
public enum WaitEnd: Sendable {
    /// So many milliseconds after the wait began: a delay, whatever the wall clock does.
    case after(Int64)
    /// On a date: what the wall clock says.
    case at(Instant)

    func moment(from now: Instant) -> Instant {
        switch self {
        case .after(let span): now.advanced(byMilliseconds: max(0, span))
        case .at(let date): date
        }
    }
}

/// Waits for the first of several things, and records which it was: once.
///
/// A wait is a step: it is `waiting` until what it waits for comes, and its output says what that was. What is there
/// already ends it at once; otherwise it is written as open, the caller is parked, and whoever brings the
/// signal, settles the promise, closes the run or sees the time over completes the step in the same transaction.
public struct AwaitStep: Command {
    /// Proof of the lease; not enough once the run is asked to end.
    public let proof: LeaseProof
    /// The name of the step that the wait is, such as `signal:NAME`; its output says what came.
    public let step: String
    /// In the order in which they are looked at.
    public var conditions: [WaitCondition] = []
    /// When time ends it, counted when the wait opens; nil waits for ever. A sleep has this and no conditions.
    public var end: WaitEnd?
    /// How long this call waits; the wait itself goes on.
    public var waitMilliseconds: Int64?

    /// A call of `signal.wait`, `promise.wait` or `wait.first`, or a `run-step` that sleeps.
    public init(proof: LeaseProof, step: String) {
        self.proof = proof
        self.step = step
    }

    /// Answers with the step once something has come, at once where it is there already. Throws `timeout` when this
    /// call has waited enough, `step_mismatch` for a wait for other things, `request_cancelled` when it was given up.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> StepOutcome {
        let run = try store.heldRun(proof, &call)
        guard let known = try store.stepOutcome(of: run, name: step) else {
            var record = StepRecord(run: run.key, name: step, now: call.now, status: .waiting)
            record.fingerprint = fingerprint
            return try begin(record, of: run, store, &call)
        }
        if known.step.status == .backoff, known.step.fingerprint == fingerprint {
            return try waitAgain(known.step, run, store, &call)
        }
        return try goOn(known, run, call)
    }

    /// - Parameter record: a wait that is not there yet, or one that was given up and is to end when it was at first.
    private func begin(
        _ record: StepRecord, of run: RunRecord, _ store: any StoreTransaction, _ call: inout CallContext
    ) throws -> StepOutcome {
        var record = record
        record.holder = call.peer.process
        if let output = try whatIsThere(until: record.attemptDeadline, run, store, call),
            let done = record.after(.woken, at: call.now)
        {
            let outcome = StepOutcome(step: done, output: output, error: nil)
            try store.save(outcome, of: run)
            return outcome
        }
        try open(record, of: run, store, &call)
        if waitMilliseconds == 0 { throw KeepingWrites.refused(stillOpen(run)) }
        throw KeepingWrites.waits(parking(run, call))
    }

    /// Opens a wait that was given up, until when it was to end at first.
    private func waitAgain(
        _ known: StepRecord, _ run: RunRecord, _ store: any StoreTransaction, _ call: inout CallContext
    ) throws -> StepOutcome {
        // This call has waited already: it is the one that was given up.
        if call.isRepeated { throw Failure.requestCancelled }
        guard let record = known.after(.waitedAgain, at: call.now) else {
            preconditionFailure("no wait was given up")
        }
        return try begin(record, of: run, store, &call)
    }

    private func goOn(_ known: StepOutcome, _ run: RunRecord, _ call: CallContext) throws -> StepOutcome {
        if let recorded = known.step.fingerprint, recorded != fingerprint {
            throw Failure.stepMismatch(known.step, run, fingerprint)
        }
        switch known.step.status {
        case .completed: return known
        case .waiting:
            if call.waitExpired || waitMilliseconds == 0 { throw stillOpen(run) }
            throw parking(run, call)
        default:
            throw Failure(
                .invalidArgument, "the step is \(known.step.status.rawValue), not a wait", run: run.id,
                step: step, hint: "Give the wait another step name.")
        }
    }

    private func parking(_ run: RunRecord, _ call: CallContext) -> Wait {
        Wait(
            [.step(run.key, step), .run(run.key)],
            until: waitMilliseconds.map { call.arrived.advanced(byMilliseconds: $0) })
    }

    private func stillOpen(_ run: RunRecord) -> Failure {
        Failure(
            .timeout, "nothing that the step waits for has come yet", run: run.id, step: step,
            hint: "The wait goes on: ask again, or let go of the run with run.suspend."
        ).with(\.which, "wait")
    }

    /// Tells one wait from another; spans are no part of it, since a replay cannot know them.
    private var fingerprint: String {
        let parts = conditions.map { "\($0.kind.rawValue):\($0.name)" }
        return (parts + (end == nil ? [] : ["time"])).joined(separator: "|")
    }

    private func open(
        _ record: StepRecord, of run: RunRecord, _ store: any StoreTransaction, _ call: inout CallContext
    ) throws {
        var waiting = record
        waiting.attemptDeadline = record.attemptDeadline ?? end?.moment(from: call.now)
        waiting.deadlineKind = end.map {
            if case .at = $0 { StepRecord.dateKind } else { StepRecord.delayKind }
        }
        try store.save(StepOutcome(step: waiting, output: nil, error: nil), of: run)
        waiting = try store.step(run: run.key, name: step)!
        for (position, condition) in conditions.enumerated() {
            let source = try source(condition, run, store, call)
            try store.insertWait(
                step: waiting, position: position, source: source, condition, epoch: run.epoch)
        }
        let what = detail { writer in
            writer.member("for", fingerprint)
            writer.member("until_at", waiting.attemptDeadline?.milliseconds)
        }
        try store.append(
            run: run.key, at: call.now, kind: .stepWaiting, step: step, attempt: 1, detail: what)
        if let due = waiting.attemptDeadline { call.after(.due(due)) }
    }

    private func source(
        _ condition: WaitCondition, _ run: RunRecord, _ store: any StoreTransaction, _ call: CallContext
    ) throws -> Int64 {
        switch condition.kind {
        case .signal: return run.key
        case .run: return try store.visibleRun(condition.name, call).key
        case .promise:
            if try store.promise(run: run.key, name: condition.name) == nil {
                try store.insertPromise(
                    PromiseRecord(run: run.key, name: condition.name, created: call.now), epoch: run.epoch)
            }
            return run.key
        }
    }

    // MARK: What is there already

    /// - Parameter recorded: when the wait was to end, if it was open before.
    private func whatIsThere(
        until recorded: Instant?, _ run: RunRecord, _ store: any StoreTransaction, _ call: CallContext
    ) throws -> Payload? {
        for condition in conditions {
            if let output = try output(of: condition, run, store, call) { return output }
        }
        guard let moment = recorded ?? end?.moment(from: call.now), moment <= call.now else { return nil }
        return WaitOutput.time
    }

    private func output(
        of condition: WaitCondition, _ run: RunRecord, _ store: any StoreTransaction, _ call: CallContext
    ) throws -> Payload? {
        switch condition.kind {
        case .signal:
            guard let signal = try store.pendingSignal(run: run.key, name: condition.name) else { return nil }
            try store.consumeSignal(key: signal.key, by: step, at: call.now)
            return WaitOutput.signal(signal)
        case .promise:
            let promise = try store.promise(run: run.key, name: condition.name)
            return promise.flatMap { $0.status == .pending ? nil : WaitOutput.promise($0) }
        case .run:
            let other = try store.visibleRun(condition.name, call)
            guard other.status.isClosed else { return nil }
            return WaitOutput.run(other, try store.runPayloads(key: other.key))
        }
    }
}

extension StepRecord {
    /// What `deadlineKind` says of a wait that a delay ends.
    static let delayKind = "delay"
    /// What it says of one that a date ends.
    static let dateKind = "date"
}
