import SidestepModel
import SidestepStore

/// Records the output of a run and closes it.
public struct CompleteRun: Command {
    /// Proof of the lease; not enough once the run is asked to end.
    public let proof: LeaseProof
    /// What the run came to, JSON as it came; nil is an output as well.
    public let output: Payload?

    /// A call of `run.complete`.
    public init(proof: LeaseProof, output: Payload?) {
        self.proof = proof
        self.output = output
    }

    /// Answers with the closed run; the same output again is acknowledged, another one throws `run_closed`.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> RunRecord {
        if let closed = try store.closedBefore(proof, call) {
            guard closed.status == .completed, isSame(try store.runPayloads(key: closed.key).output, output)
            else {
                throw Failure.runClosed(closed)
            }
            return closed
        }
        let run = try store.heldRun(proof, &call)
        return try store.close(run, .completed, output: output, error: nil, &call)
    }
}

/// Records that a run failed: answers whether it is tried again, by its own policy.
public struct FailRun: Command {
    /// Proof of the lease; good while the run is asked to end, which then closes it as `cancelled`.
    public let proof: LeaseProof
    /// What went wrong, JSON as it came; the run has it until the next attempt ends.
    public let error: Payload?
    /// The types of the error and whether it may be tried again: what the run's retry policy looks at.
    public let cause: AttemptError
    /// The attempt that failed; a repeated message of an earlier one changes nothing.
    public let attempt: Int64?
    /// Whether the owner undoes what was done before its last failure is recorded: it reports it again then.
    public var undoesFirst = false

    /// A call of `run.fail`; `attempt` nil is the attempt that counts now.
    public init(
        proof: LeaseProof, error: Payload?, cause: AttemptError, attempt: Int64?, undoesFirst: Bool = false
    ) {
        self.proof = proof
        self.undoesFirst = undoesFirst
        self.error = error
        self.cause = cause
        self.attempt = attempt
    }

    /// Whether the owner keeps the run for another attempt.
    public struct Result {
        /// The run after it: still owned where it is tried again, else closed, or paused for its budget.
        public var run: RunRecord
        /// Milliseconds until the next attempt; nil when there is none.
        public var delay: Int64?
        /// Whether nothing is recorded yet, for the owner to undo first.
        public var isToUndo = false
    }

    /// Books the failure; for another attempt failed steps are forgotten. A closed run is answered again.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> Result {
        if let closed = try store.closedBefore(proof, call) {
            guard closed.status == .failed || closed.cancellation != nil else {
                throw Failure.runClosed(closed)
            }
            return Result(run: closed, delay: nil)
        }
        let run = try store.heldRun(proof, &call, for: .ending)
        if run.cancellation != nil {
            return Result(run: try store.endCancelled(run, error: error, &call), delay: nil)
        }
        // It failed for lack of budget: whoever raises that lets it go on.
        if run.isExhausted { return Result(run: try store.pauseForBudget(run, &call), delay: nil) }
        if let attempt, attempt < run.attempt, let next = run.nextAttempt {
            return Result(run: run, delay: max(0, next.milliseconds(since: call.now)))
        }
        let delay = RetryPolicy.stored(run.retry).delay(
            afterFailures: run.attempt, error: cause, fraction: call.environment.random.fraction())
        guard let delay else {
            if undoesFirst { return Result(run: run, delay: nil, isToUndo: true) }
            return Result(run: try store.close(run, .failed, output: nil, error: error, &call), delay: nil)
        }
        // Among them an at-most-once step that was left behind: it is unknown now,
        // and the next attempt will not repeat it.
        try store.loseRunningSteps(of: run, &call)
        return Result(run: try retried(run, after: delay, store, call), delay: delay)
    }

    private func retried(
        _ run: RunRecord, after delay: Int64, _ store: any StoreTransaction, _ call: CallContext
    ) throws -> RunRecord {
        let next = call.now.advanced(byMilliseconds: delay)
        let again = try run.next(.retried, at: call.now, next: next)
        try store.setRunOutput(key: run.key, output: nil, error: error)
        try store.append(run: run.key, at: call.now, kind: .runRetried, detail: error)
        try store.forgetFailures(of: run, call)
        try store.updateRun(again, expecting: run.epoch)
        return again
    }
}

/// The owner leaves of its own will; the run waits for another one.
public struct ReleaseRun: Command {
    /// Proof of the lease; good while the run is asked to end, which is then carried out.
    public let proof: LeaseProof

    /// A call of `run.release`.
    public init(proof: LeaseProof) { self.proof = proof }

    /// Answers with the run, `queued`; `paused` while a step of it is unknown or its budget is used up.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> RunRecord {
        let run = try store.heldRun(proof, &call, for: .ending)
        if run.cancellation != nil { return try store.endCancelled(run, error: nil, &call) }
        if run.isExhausted { return try store.pauseForBudget(run, &call) }
        try store.loseRunningSteps(of: run, &call)
        let after: RunRecord
        if try store.openSteps(run: run.key).contains(where: { $0.status == .unknown }) {
            after = try store.paused(run, .unknownStep, &call)
        } else {
            after = try run.next(.released, at: call.now)
            try store.append(run: run.key, at: call.now, kind: .runReleased)
        }
        try store.updateRun(after, expecting: run.epoch)
        try store.announceEnd(after, &call)
        return after
    }
}

extension StoreTransaction {
    /// The run of a lease that ended because its own holder closed the run: what a repeated message meets.
    func closedBefore(_ proof: LeaseProof, _ call: CallContext) throws -> RunRecord? {
        switch proof {
        case .text(let text, _):
            guard let lease = LeaseText(text), let run = try run(key: lease.runKey), isVisible(run, call),
                run.status.isClosed, run.epoch == lease.epoch
            else { return nil }
            return run
        case .session(let id):
            guard try runs(heldBySession: call.session, limit: 1).isEmpty, let id,
                call.grantedRuns.contains(id),
                let run = try run(user: call.visibleUser, id: id, generation: nil), run.status.isClosed
            else { return nil }
            return run
        }
    }

    func close(
        _ run: RunRecord, _ event: RunEvent, output: Payload?, error: Payload?, _ call: inout CallContext
    ) throws -> RunRecord {
        // A body that its owner left behind will never report:
        // whoever opens the run again must not wait for it.
        try loseRunningSteps(of: run, &call)
        try stopExecutions(of: run, &call)
        let closed = try run.next(event, at: call.now)
        try setRunOutput(key: run.key, output: output, error: error)
        try append(
            run: run.key, at: call.now, kind: closed.status.closingEntry, detail: error)
        try updateRun(closed, expecting: run.epoch)
        try announceEnd(closed, &call)
        try forgetBodies(of: closed, &call)
        try closeChildren(of: closed, &call)
        try endWaits(for: closed, output: output, error: error, &call)
        return closed
    }
}

extension RunStatus {
    /// What the journal calls the end of a run in this status.
    fileprivate var closingEntry: JournalKind {
        switch self {
        case .completed: .runCompleted
        case .cancelled: .runCancelled
        default: .runFailed
        }
    }
}
