import SidestepEngine
import SidestepModel
import SidestepProtocol
import SidestepStore

extension JSONWriter {
    /// A step with everything that is known of it, as members of the current object.
    mutating func members(of outcome: StepOutcome) {
        let step = outcome.step
        member("step", step.name)
        member("status", step.status.rawValue)
        member("attempt", step.attempt)
        member("failures", step.failures)
        payload("output", outcome.output)
        payload("error", outcome.error)
        member("fingerprint", step.fingerprint)
        member("at_most_once", step.atMostOnce)
        if step.isCompensation { member("compensation", true) }
        payload("usage", step.usage)
        payload("metadata", step.metadata)
        instant("started_at", step.begun)
        instant("finished_at", step.finished)
        instant("next_attempt_at", step.status == .backoff ? step.nextAttempt : nil)
        instant("attempt_deadline_at", step.attemptDeadline)
    }

    /// A step as a replaying client needs it.
    mutating func replayed(_ outcome: StepOutcome) {
        beginObject()
        member("step", outcome.step.name)
        member("status", outcome.step.status.rawValue)
        member("attempt", outcome.step.attempt)
        payload("output", outcome.output)
        if outcome.step.status == .failed { payload("error", outcome.error) }
        member("fingerprint", outcome.step.fingerprint)
        if outcome.step.status == .backoff { instant("next_attempt_at", outcome.step.nextAttempt) }
        endObject()
    }
}
