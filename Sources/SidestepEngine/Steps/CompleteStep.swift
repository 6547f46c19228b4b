import SidestepModel
import SidestepStore

/// Records the output of a step: once.
public struct CompleteStep: EndsStep {
    /// Proof of the lease; good while the run is asked to end: what was paid for is kept.
    public let proof: LeaseProof
    /// The step's name; one that was never begun is recorded all the same, since a begin may have been lost.
    public let step: String
    /// What the step came to, JSON as it came; nil is an output as well.
    public var output: Payload?
    /// The number that the begin was answered with; nil means the attempt that counts now.
    public var attempt: Int64?
    /// Tells the step's input from others; nil keeps what the begin said.
    public var fingerprint: String?
    /// What the attempt used, a JSON object; its integer members are summed by name, and budgets are charged with it.
    public var usage: Payload?
    /// JSON that people see beside the step; nil keeps what is there.
    public var metadata: Payload?
    /// When the body began, by the client's clock, for a step whose begin was not sent; nil is the begin, or now.
    public var started: Instant?
    /// The beginning, when it was not written yet.
    public var begun: UnwrittenBegin?

    /// A call of `step.complete`.
    public init(proof: LeaseProof, step: String) {
        self.proof = proof
        self.step = step
    }

    /// Answers with the recorded step; the same output again is acknowledged. Throws `step_conflict` for another
    /// output, `attempt_superseded` for an attempt that is over.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> StepRecord {
        let run = try store.heldRun(proof, &call, for: .ending)
        if let step = try recordNew(run, store, &call) { return step }
        let stored = try store.step(of: run, name: step)
        let known = begin?.applied(to: stored, of: run, call) ?? stored
        switch AttemptMatch(known, presented: attempt) {
        case .superseded: throw try superseded(known!, run, store)
        case .recorded: return try repeated(run, store)
        case .current(let attempt):
            let known = known ?? StepRecord(run: run.key, name: step, now: started ?? call.now)
            return try record(known, attempt, run, store, &call) { try store.save($0, of: run) }
        }
    }

    /// A step whose beginning is not written is nearly always new: it is added without being looked for.
    ///
    /// - Returns: nil when it is to be looked for after all.
    private func recordNew(
        _ run: RunRecord, _ store: any StoreTransaction, _ call: inout CallContext
    ) throws -> StepRecord? {
        guard run.origin == nil, let known = begin?.applied(to: nil, of: run, call),
            case .current(let attempt) = AttemptMatch(known, presented: attempt)
        else { return nil }
        do {
            return try record(known, attempt, run, store, &call) {
                if try !store.addStep($0, epoch: run.epoch) { throw NotNew() }
            }
        } catch is NotNew {
            return nil
        }
    }

    /// The beginning that is not written: who says when the body began has not sent it.
    private var begin: UnwrittenBegin? {
        begun ?? started.map { UnwrittenBegin(begin: BeginStep(proof: proof, step: step), at: $0) }
    }

    private struct NotNew: Error {}

    private func record(
        _ known: StepRecord, _ attempt: Int64, _ run: RunRecord, _ store: any StoreTransaction,
        _ call: inout CallContext, write: (StepOutcome) throws -> Void
    ) throws -> StepRecord {
        if known.executor != nil { throw Failure.executedByDaemon(known, run) }
        var reported = known
        reported.attempt = attempt
        reported.fingerprint = fingerprint ?? known.fingerprint
        reported.usage = usage
        reported.metadata = metadata ?? known.metadata
        reported.begun = started ?? known.begun
        guard let step = reported.after(.completed, at: call.now) else {
            throw Failure.superseded(known, run)
        }
        try write(StepOutcome(step: step, output: output, error: nil))
        call.after(.changed(.step(run.key, step.name)))
        let isExceeded = try store.settle(known, of: run, .completed, usage: usage, &call)
        if isExceeded || run.isExhausted { try store.exhaust(run, &call) }
        return step
    }

    /// The reply was lost and the message sent again, or somebody recorded another result.
    private func repeated(_ run: RunRecord, _ store: any StoreTransaction) throws -> StepRecord {
        guard let recorded = try store.stepOutcome(of: run, name: step) else {
            throw Failure.stepNotFound(step, run)
        }
        if recorded.step.status == .failed { throw Failure.superseded(recorded.step, run) }
        guard isSame(recorded.output, output) else {
            throw Failure(
                .stepConflict, "the step has another recorded output", run: run.id, step: step,
                hint: "Use the recorded output (data.output); a step has one result."
            ).with(\.output, recorded.output).with(\.attempt, recorded.step.attempt)
        }
        return recorded.step
    }

    private func superseded(
        _ step: StepRecord, _ run: RunRecord, _ store: any StoreTransaction
    ) throws -> Failure {
        guard step.status == .completed else { return Failure.superseded(step, run) }
        let recorded = try store.stepOutcome(of: run, name: self.step)
        return Failure.superseded(step, run).with(\.output, recorded?.output)
    }
}
