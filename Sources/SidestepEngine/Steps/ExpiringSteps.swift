import SidestepModel
import SidestepProtocol
import SidestepStore

/// Ends what ran out of time: attempts of steps and leases with a ttl.
struct ExpireDue: Command {
    /// Steps in one commit: of a thousand sleepers the first have their replies while the last are written.
    static let stepLimit = 250

    func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws {
        try ShiftClock().perform(store, &call)
        let steps = try store.steps(expiredAt: call.now, limit: Self.stepLimit)
        for step in steps { try expire(step, store, &call) }
        if steps.count == Self.stepLimit { return call.after(.overdue) }
        for run in try store.runs(expiredAt: call.now) where run.status == .running {
            _ = try store.interrupt(run, .expired, &call)
        }
        try store.startDueRuns(&call)
        try store.pauseRunsOutOfTime(&call)
        try store.endDueRuns(&call)
        let next = [
            try store.nextStepDeadline(), try store.nextLeaseExpiry(), try store.nextRunDue(),
            try store.nextOutOfTime(),
        ]
        for due in next.compactMap(\.self) { call.after(.due(due)) }
    }

    private func expire(_ step: StepRecord, _ store: any StoreTransaction, _ call: inout CallContext) throws {
        if step.status == .waiting { return try store.wake(step, WaitOutput.time, &call) }
        guard let run = try store.run(key: step.run), step.status == .running else { return }
        let which = step.deadlineKind ?? "start_to_close"
        let error = detail { writer in
            writer.member("type", "timeout")
            writer.member("which", which)
            writer.member("message", "attempt \(step.attempt) exceeded \(which)")
        }
        // The limit over all attempts leaves no time for another one.
        let cause = AttemptError(types: ["timeout"], retryable: which != "schedule_to_close")
        try store.settle(step, of: run, .lost, usage: nil, &call)
        _ = try store.fail(step, of: run, error, cause, .stepTimedOut, &call)
    }
}

/// A sign of life of a long step.
public struct HeartbeatStep: Command {
    /// Proof of the lease; not enough once the run is asked to end.
    public let proof: LeaseProof
    /// The name of a step that is running.
    public let step: String
    /// The attempt that lives; nil means the one that counts now, another one gets `attempt_superseded`.
    public let attempt: Int64?
    /// JSON that becomes the step's metadata, such as how far it is; nil keeps what is there.
    public let details: Payload?

    /// A call of `step.heartbeat`.
    public init(proof: LeaseProof, step: String, attempt: Int64?, details: Payload?) {
        self.proof = proof
        self.step = step
        self.attempt = attempt
        self.details = details
    }

    /// Moves the attempt's deadline on by the step's `heartbeat_ms`; writes no entry of the journal.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws {
        let run = try store.heldRun(proof, &call)
        guard var record = try store.step(of: run, name: step) else {
            throw Failure.stepNotFound(step, run)
        }
        guard record.status == .running, attempt ?? record.attempt == record.attempt else {
            throw Failure.superseded(record, run)
        }
        record.lives(at: call.now)
        record.metadata = details ?? record.metadata
        try store.updateStep(StepOutcome(step: record, output: nil, error: nil), epoch: run.epoch)
        if let due = record.attemptDeadline { call.after(.due(due)) }
    }
}
