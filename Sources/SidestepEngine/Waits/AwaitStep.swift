import SidestepModel
import SidestepProtocol
import SidestepStore

/// When time ends a wait.
public enum WaitEnd: Sendable {
    /// So many milliseconds after the wait began: a delay, whatever the wall clock does.
    case after(Int64)
    /// On a date: what the wall clock says.
    case at(Instant)
}

/// Waits for the first of several things, and records which it was: once.
///
/// A wait is a step: it is `waiting` until what it waits for comes, and its output says what that was. What is there
/// already ends it at once; otherwise it is written as open, the caller is parked, and whoever brings the
/// signal, settles the promise, closes the run or sees the time over completes the step in the same transaction.
public struct AwaitStep: Command {
    public let proof: LeaseProof
    public let step: String
    /// In the order in which they are looked at.
    public var conditions: [WaitCondition] = []
    public var end: WaitEnd?
    /// How long this call waits; the wait itself goes on.
    public var waitMilliseconds: Int64?

    public init(proof: LeaseProof, step: String) {
        self.proof = proof
        self.step = step
    }

    /// The outcome; nil while the caller waits on.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> StepOutcome? {
        let run = try store.heldRun(proof, &call)
        if let known = try store.stepOutcome(of: run, name: step) {
            return try goOn(known, run, call)
        }
        var record = StepRecord(run: run.key, name: step, now: call.now)
        record.fingerprint = fingerprint
        record.holder = call.peer.process
        if let output = try whatIsThere(run, store, call) {
            record.status = .completed
            record.finished = call.now
            let outcome = StepOutcome(step: record, output: output, error: nil)
            try store.insertStep(outcome, epoch: run.epoch)
            return outcome
        }
        try open(record, of: run, store, &call)
        if waitMilliseconds == 0 {
            call.refusal = stillOpen(run)
        } else {
            call.parking = parking(run, call)
        }
        return nil
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
        waiting.status = .waiting
        switch end {
        case .after(let span): waiting.attemptDeadline = call.now.advanced(byMilliseconds: span)
        case .at(let date): waiting.attemptDeadline = date
        case nil: break
        }
        waiting.deadlineKind = end.map {
            if case .at = $0 { StepRecord.dateKind } else { StepRecord.delayKind }
        }
        try store.insertStep(StepOutcome(step: waiting, output: nil, error: nil), epoch: run.epoch)
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

    private func whatIsThere(
        _ run: RunRecord, _ store: any StoreTransaction, _ call: CallContext
    ) throws -> Payload? {
        for condition in conditions {
            if let output = try output(of: condition, run, store, call) { return output }
        }
        switch end {
        case .after(let span) where span <= 0: return WaitOutput.time
        case .at(let date) where date <= call.now: return WaitOutput.time
        default: return nil
        }
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
