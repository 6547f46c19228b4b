import SidestepModel
import SidestepStore

/// The writes that several use cases share.
extension StoreTransaction {
    /// Writes a step with its outcome, whether it is in the store already or not.
    func save(_ outcome: StepOutcome, of run: RunRecord) throws {
        if outcome.step.key == 0 {
            try insertStep(outcome, epoch: run.epoch)
        } else {
            try updateStep(outcome, epoch: run.epoch)
        }
    }

    /// Opens the failed steps of a run again, for an execution that keeps the completed ones.
    func forgetFailures(of run: RunRecord, _ call: CallContext) throws {
        for name in try forgetFailedSteps(run: run.key, epoch: run.epoch, now: call.now) {
            try append(
                run: run.key, at: call.now, kind: .stepForgotten, step: name, attempt: nil, detail: nil)
        }
    }
}
