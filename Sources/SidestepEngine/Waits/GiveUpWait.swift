import SidestepModel
import SidestepProtocol
import SidestepStore

/// The owner does not wait any more: what comes from now on is for the next wait.
///
/// The step stays, without an outcome, so that a replay that waits again under its name waits for the same, and
/// no longer than at first. A signal that came without the owner's seeing it is given back.
public struct GiveUpWait: Command {
    /// Proof of the lease; good while the run is asked to end.
    public let proof: LeaseProof
    /// The name of the step that the wait is; a step that there is none of is no error.
    public let step: String

    /// A call of `wait.cancel`.
    public init(proof: LeaseProof, step: String) {
        self.proof = proof
        self.step = step
    }

    /// Whether there was something to give up; what has another outcome keeps it.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> Bool {
        let run = try store.heldRun(proof, &call, for: .ending)
        guard let known = try store.step(of: run, name: step) else { return false }
        let taken = try takeBack(known, of: run, store)
        let event = taken.isEmpty ? StepEvent.waitGivenUp : .unseenGivenBack
        guard let after = known.after(event, at: call.now) else { return false }
        try store.updateStep(StepOutcome(step: after, output: nil, error: nil), epoch: run.epoch)
        try store.deleteWaits(step: known.key)
        try store.append(
            run: run.key, at: call.now, kind: .stepGivenUp, step: step, attempt: known.attempt, detail: nil)
        call.after(.waitGivenUp(run: run.key, step: step))
        for signal in taken { try store.hand(signal, &call) }
        return true
    }

    /// The signals that a wait had taken unseen; not where forks have its outcome as well: what is theirs stays.
    private func takeBack(
        _ known: StepRecord, of run: RunRecord, _ store: any StoreTransaction
    ) throws -> [SignalRecord] {
        guard known.status == .completed,
            try !store.isShared(RunOrigin(run: run.key, sequence: known.sequence))
        else { return [] }
        return try store.giveBackSignals(run: run.key, from: step)
    }
}
