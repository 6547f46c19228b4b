import SidestepModel
import SidestepProtocol
import SidestepStore

/// Says whether a step has a result already, or that the caller is to execute it now.
public struct BeginStep: Command {
    /// Proof of the lease; a run that is asked to end only replays what is recorded, and lets compensations begin.
    public let proof: LeaseProof
    /// The step's name, unique in the run; the last part of its idempotency key.
    public let step: String
    /// Tells the step's input from others, in the client's own words; nil compares nothing. What the daemon executes
    /// has one made of its parameters.
    public var fingerprint: String?
    /// Whether an attempt whose process dies leaves the step `unknown` and is not repeated by itself.
    public var atMostOnce = false
    /// The retry policy, JSON as the protocol has it; nil keeps what an earlier begin said, or is one attempt.
    public var retry: Payload?
    /// How long it may take; the daemon fails an attempt that expires, with an error of type `timeout`.
    public var timeouts = Timeouts()
    /// JSON that people see beside the step; nil keeps what is there.
    public var metadata: Payload?
    /// Whether the step undoes something: it may begin although the run was asked to end.
    public var isCompensation = false
    /// The limit and the breaker that it goes through.
    public var limit: String?
    /// The name of a breaker; one that nobody put has the standard values. Open, it refuses with `circuit_open`.
    public var breaker: String?
    /// What it sets aside of budgets; nil when it pays for nothing.
    public var reserve: Amounts?
    /// How long it waits for room in the limit; nil is as long as it takes.
    public var waitMilliseconds: Int64?
    /// What the daemon does for it; nil when the caller executes it.
    public var work: StepWork?

    /// A call of `step.begin` or `run-step`; what is not set has the protocol's standard value.
    public init(proof: LeaseProof, step: String) {
        self.proof = proof
        self.step = step
    }

    /// What the caller is told when it has not to wait.
    public enum Result {
        /// `isReplay`: the outcome was there before the call came.
        case completed(StepOutcome, isReplay: Bool)
        /// The body may start after `delay` milliseconds of back-off.
        case execute(StepRecord, idempotencyKey: String, delay: Int64, traceparent: String?)
    }

    /// Answers with the recorded outcome, or begins an attempt. Throws `step_failed`, `step_unknown`, `step_mismatch`,
    /// and waits while another process, or the daemon, executes the step.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> Result {
        // What is recorded replays also in a run that was asked to end.
        let run = try store.heldRun(proof, &call, for: .ending)
        guard let known = try store.stepOutcome(of: run, name: step) else {
            return try begin(
                StepRecord(run: run.key, name: step, now: call.now), of: run, store, &call)
        }
        switch known.step.status {
        case .completed:
            // Whoever waited for what the daemon executes asked for this very execution.
            let isReplay = work == nil || known.step.finished.map { $0 <= call.arrived } ?? true
            return .completed(try matching(known, run, store, call), isReplay: isReplay)
        case .failed: throw Failure.stepFailed(try matching(known, run, store, call), run)
        case .unknown: throw Failure.stepUnknown(known.step, run)
        case .running where known.step.executor != nil, .backoff where known.step.executor != nil:
            throw wait(run, call)
        case .running where known.step.holder == call.peer.process: return execute(known.step, run, call)
        case .running: throw Wait([.step(run.key, step), .run(run.key)], until: nil)
        case .backoff: return try begin(known.step, of: run, store, &call)
        case .waiting:
            throw Failure(
                .invalidArgument, "the step is a wait, which nobody executes", run: run.id, step: step,
                hint: "Give the step another name.")
        }
    }

    private func begin(
        _ record: StepRecord, of run: RunRecord, _ store: any StoreTransaction,
        _ call: inout CallContext
    ) throws -> Result {
        if run.cancellation != nil, !isCompensation { throw Failure.cancelRequested(run).with(\.step, step) }
        if let work { try checkRights(work, run, call) }
        let begun = try affordable(record, run, store, &call)
        if let work { throw try hand(work, of: run, store, &call) }
        if call.peer.process != run.lease?.owner.process {
            call.after(
                .stepHeld(run: run.key, step: step, attempt: begun.attempt, process: call.peer.process))
        }
        return execute(begun, run, call)
    }

    var demand: Demand {
        Demand(limit: limit, breaker: breaker, reserve: reserve, waitMilliseconds: waitMilliseconds)
    }

    /// Whether its beginning may be written together with its outcome: nothing has to be known before.
    public var isHoldable: Bool { !atMostOnce && demand.isEmpty }

    /// Writes the beginning of an attempt that the budget covers.
    func affordable(
        _ record: StepRecord, _ run: RunRecord, _ store: any StoreTransaction, _ call: inout CallContext
    ) throws -> StepRecord {
        if !isCompensation { try store.refuseForBudget(reserve, step, of: run, &call) }
        return try written(record, run, store, &call)
    }

    /// Writes the beginning of an attempt, with what it holds of limits, breakers and budgets.
    private func written(
        _ record: StepRecord, _ run: RunRecord, _ store: any StoreTransaction, _ call: inout CallContext
    ) throws -> StepRecord {
        var begun = prepared(record, call)
        if demand.isEmpty {
            try store.save(StepOutcome(step: begun, output: nil, error: nil), of: run)
        } else {
            begun = try admitted(begun, run, store, &call)
        }
        if let deadline = begun.attemptDeadline { call.after(.due(deadline)) }
        return begun
    }

    private func admitted(
        _ begun: StepRecord, _ run: RunRecord, _ store: any StoreTransaction,
        _ call: inout CallContext
    ) throws -> StepRecord {
        let admission = try store.admit(demand, step, of: run, &call)
        var holding = begun
        holding.hasHold = true
        try store.save(StepOutcome(step: holding, output: nil, error: nil), of: run)
        let written = try store.step(run: run.key, name: step)!
        try store.keep(admission, step: written, of: run)
        return written
    }

    /// The step as its beginning leaves it.
    func prepared(_ record: StepRecord, _ call: CallContext, at moment: Instant? = nil) -> StepRecord {
        var step = record
        let arrived = moment ?? call.now
        let start = max(arrived, record.nextAttempt ?? arrived)
        step.fingerprint = expectedFingerprint ?? record.fingerprint
        step.executor = work?.executor ?? record.executor
        step.atMostOnce = atMostOnce
        step.isCompensation = isCompensation
        step.holder = call.peer.process
        step.retry = retry ?? record.retry
        step.timeouts = timeouts
        step.metadata = metadata ?? record.metadata
        guard let begun = step.after(.begun, at: start) else {
            preconditionFailure("a step that is \(record.status.rawValue) was begun")
        }
        return begun
    }

    private func execute(_ step: StepRecord, _ run: RunRecord, _ call: CallContext) -> Result {
        let delay = step.nextAttempt.map { max(0, $0.milliseconds(since: call.now)) } ?? 0
        return .execute(
            step, idempotencyKey: "\(run.uid)/\(step.name)", delay: delay,
            traceparent: call.traceparent(of: step.attempt, of: step.name, in: run))
    }

    /// What the client says, or what the daemon is asked to do.
    private var expectedFingerprint: String? { fingerprint ?? work.map(Self.fingerprint) }

    /// The recorded outcome, unless the caller's input is another one and the run does not allow that.
    private func matching(
        _ known: StepOutcome, _ run: RunRecord, _ store: any StoreTransaction, _ call: CallContext
    ) throws -> StepOutcome {
        guard let presented = expectedFingerprint, let recorded = known.step.fingerprint,
            presented != recorded
        else {
            return known
        }
        if run.refusesMismatch { throw Failure.stepMismatch(known.step, run, presented) }
        let difference = detail { writer in
            writer.member("expected", recorded)
            writer.member("actual", presented)
        }
        try store.append(
            run: run.key, at: call.now, kind: .stepMismatch, step: step, attempt: known.step.attempt,
            detail: difference)
        return known
    }
}

extension Failure {
    static func stepFailed(_ outcome: StepOutcome, _ run: RunRecord) -> Failure {
        Failure(
            .stepFailed, "the step failed in attempt \(outcome.step.attempt)", run: run.id,
            step: outcome.step.name,
            hint: "`resume` with if_closed: retry forgets failed steps and keeps completed ones."
        ).with(\.failure, outcome.error).with(\.attempt, outcome.step.attempt)
    }

    static func stepUnknown(_ step: StepRecord, _ run: RunRecord) -> Failure {
        Failure(
            .stepUnknown,
            "the process of this at-most-once step died inside it; nobody knows whether it happened",
            run: run.id, step: step.name,
            hint: """
                Look at the outside world, then: \(ShellText.sidestep("resolve", run.id, step.name)) \
                --rerun | --completed JSON | --failed TEXT
                """
        ).with(\.attempt, step.attempt)
    }

    static func stepMismatch(_ step: StepRecord, _ run: RunRecord, _ presented: String) -> Failure {
        Failure(
            .stepMismatch, "the step was recorded for another input", run: run.id, step: step.name,
            hint: "Give the new step a new name, start a new run, or resume with on_mismatch: warn."
        ).with(\.expected, step.fingerprint).with(\.actual, presented)
    }
}
