import SidestepModel
import SidestepProtocol
import SidestepStore

/// Somebody looked at the outside world and says what an unknown step did.
public struct ResolveStep: Command {
    /// What the step did; the bytes are the output or the error that it is recorded with.
    public enum Resolution: Sendable {
        /// It did not happen: whoever owns the run begins it again.
        case rerun
        /// It happened, with this output.
        case completed(Payload?)
        /// It has failed for good, with this error.
        case failed(Payload?)
    }

    /// The id of a run that the caller may see; no lease is needed.
    public let run: String
    /// The name of a step that is `unknown`; another one is refused with `invalid_argument`.
    public let step: String
    /// What becomes of the step: begun again by its owner, or ended as that owner would have ended it.
    public let resolution: Resolution

    /// A call of `step.resolve`.
    public init(run: String, step: String, resolution: Resolution) {
        self.run = run
        self.step = step
        self.resolution = resolution
    }

    /// Answers with the step as it stands now; a run that was paused for unknown steps alone goes on.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> StepOutcome {
        let run = try store.visibleRun(run, call)
        guard let known = try store.step(of: run, name: step) else {
            throw Failure.stepNotFound(step, run)
        }
        guard known.status == .unknown else {
            throw Failure(
                .invalidArgument, "the step is \(known.status.rawValue), not unknown", run: run.id,
                step: step,
                hint: "`sidestep inflight` lists the steps that can be resolved.")
        }
        guard let outcome = resolved(known, call.now) else { throw Failure.superseded(known, run) }
        try store.updateStep(outcome, epoch: run.epoch)
        try store.append(
            run: run.key, at: call.now, kind: .stepResolved, step: step, attempt: known.attempt,
            detail: detail { writer in
                writer.member("as", outcome.step.status.rawValue)
                writer.by(call.peer)
            })
        call.tell(act: "step.resolve", run.id, of: run.userID)
        call.after(.changed(.step(run.key, step)))
        try letGoOn(run, store, &call)
        return outcome
    }

    private func resolved(_ known: StepRecord, _ now: Instant) -> StepOutcome? {
        let (event, output, error): (StepEvent, Payload?, Payload?) =
            switch resolution {
            case .rerun: (.resolvedRerun, nil, nil)
            case .completed(let output): (.resolvedCompleted, output, nil)
            case .failed(let error): (.resolvedFailed, nil, error)
            }
        return known.after(event, at: now).map { StepOutcome(step: $0, output: output, error: error) }
    }

    /// A run that was paused for its unknown steps goes on when the last of them is settled.
    private func letGoOn(_ run: RunRecord, _ store: any StoreTransaction, _ call: inout CallContext) throws {
        guard run.status == .paused, run.reason == .unknownStep else { return }
        if try store.openSteps(run: run.key).contains(where: { $0.status == .unknown }) { return }
        _ = try store.unpause(run, &call)
    }
}
