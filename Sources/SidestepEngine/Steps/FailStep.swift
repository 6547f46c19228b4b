import SidestepModel
import SidestepStore

/// Records that an attempt failed, and answers whether and when the next one comes.
public struct FailStep: EndsStep {
    /// Proof of the lease; good while the run is asked to end.
    public let proof: LeaseProof
    /// The step's name; one that was never begun is recorded all the same, since a begin may have been lost.
    public let step: String
    /// What went wrong, JSON as it came; the step keeps that of its last attempt.
    public var error: Payload?
    /// The number that the begin was answered with; nil means the attempt that counts now.
    public var attempt: Int64?
    /// The types of the error and whether it may be tried again: what the retry policy looks at.
    public var cause = AttemptError()
    /// A retry policy in place of the one that the begin gave; nil keeps that.
    public var retry: Payload?
    /// Tells the step's input from others; nil keeps what the begin said.
    public var fingerprint: String?
    /// What the attempt used although it failed.
    public var usage: Payload?
    /// The beginning, when it was not written yet.
    public var begun: UnwrittenBegin?

    /// A call of `step.fail`.
    public init(proof: LeaseProof, step: String) {
        self.proof = proof
        self.step = step
    }

    /// What the policy decided; an attempt to come is begun by the caller, not by the daemon.
    public struct Result: Equatable {
        /// Milliseconds until the next attempt; nil when the step has failed for good.
        public var delay: Int64?
        /// The attempt to come, or the one that failed for good.
        public var attempt: Int64
        /// When that attempt may begin; nil when the step has failed for good.
        public var nextAttempt: Instant?
    }

    /// Books the failure and answers whether another attempt follows; told again, it answers the same. Throws
    /// `step_conflict` for a completed step, `attempt_superseded` for an attempt that is over.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> Result {
        let run = try store.heldRun(proof, &call, for: .ending)
        let stored = try store.step(of: run, name: step)
        let known = begun?.applied(to: stored, of: run, call) ?? stored
        switch AttemptMatch(known, presented: attempt) {
        case .current(let attempt):
            var current = known ?? StepRecord(run: run.key, name: step, now: call.now)
            if current.executor != nil { throw Failure.executedByDaemon(current, run) }
            current.attempt = attempt
            current.retry = retry ?? current.retry
            current.fingerprint = fingerprint ?? current.fingerprint
            let end = AttemptEnd.failed(retryable: cause.retryable)
            let isExceeded = try store.settle(current, of: run, end, usage: usage, &call)
            let result = try store.fail(current, of: run, error, cause, .stepAttemptFailed, &call)
            if isExceeded || run.isExhausted { try store.exhaust(run, &call) }
            return result
        case .recorded where known?.status == .failed:
            return Result(delay: nil, attempt: known!.attempt, nextAttempt: nil)
        case .superseded where isRepeated(known): return repeated(known!, call)
        case .recorded: throw try conflict(run, store)
        case .superseded: throw Failure.superseded(known!, run)
        }
    }

    /// The reply to this very failure was lost: its back-off goes on.
    private func isRepeated(_ known: StepRecord?) -> Bool {
        guard let known, known.status == .backoff, let attempt else { return false }
        return attempt == known.attempt - 1
    }

    private func repeated(_ known: StepRecord, _ call: CallContext) -> Result {
        let delay = known.nextAttempt.map { max(0, $0.milliseconds(since: call.now)) } ?? 0
        return Result(delay: delay, attempt: known.attempt, nextAttempt: known.nextAttempt)
    }

    private func conflict(_ run: RunRecord, _ store: any StoreTransaction) throws -> Failure {
        Failure(
            .stepConflict, "the step has a recorded output and cannot fail any more", run: run.id, step: step,
            hint: "Use the recorded output (data.output); a step has one result."
        ).with(\.output, try store.stepOutcome(of: run, name: step)?.output)
    }
}

extension StoreTransaction {
    /// Ends an attempt with an error: the policy decides what follows.
    func fail(
        _ known: StepRecord, of run: RunRecord, _ error: Payload?, _ cause: AttemptError, _ kind: JournalKind,
        _ call: inout CallContext
    ) throws -> FailStep.Result {
        let delay = delayBeforeNext(known, cause, call)
        let next = delay.map { call.now.advanced(byMilliseconds: $0) }
        let event: StepEvent = next == nil ? .failedForGood : .failedWithRetry
        guard let step = known.after(event, at: call.now, next: next) else {
            throw Failure.superseded(known, run)
        }
        if known.executor != nil {
            // A time-out ends an attempt that still goes on.
            call.after(.stopExecution(step.key))
            if let next { call.after(.executionDue(next)) } else { try deleteExecution(step: step.key) }
        }
        try save(StepOutcome(step: step, output: nil, error: error), of: run)
        try append(
            run: run.key, at: call.now, kind: delay == nil ? .stepFailed : kind, step: step.name,
            attempt: known.attempt, begun: known.begun, detail: error)
        call.after(.changed(.step(run.key, step.name)))
        return FailStep.Result(delay: delay, attempt: step.attempt, nextAttempt: step.nextAttempt)
    }

    /// - Parameter step: the step as its attempt found it.
    private func delayBeforeNext(_ step: StepRecord, _ cause: AttemptError, _ call: CallContext) -> Int64? {
        let policy = RetryPolicy.stored(step.retry)
        let delay = policy.delay(
            afterFailures: step.failures + 1, error: cause, fraction: call.environment.random.fraction())
        guard let delay, let limit = step.timeouts.scheduleToClose else { return delay }
        // An attempt that could only begin after the limit of all attempts is none.
        let next = call.now.advanced(byMilliseconds: delay)
        return next < step.firstBegun.advanced(byMilliseconds: limit) ? delay : nil
    }
}
