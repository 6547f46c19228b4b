/// What the journal can say of a run.
public enum JournalKind: String, Sendable, CaseIterable {
    case runCreated = "run.created"
    case leaseGranted = "lease.granted"
    case runReleased = "run.released"
    case runInterrupted = "run.interrupted"
    case runPaused = "run.paused"
    case runUnpaused = "run.unpaused"
    case runRetried = "run.retried"
    case runReopened = "run.reopened"
    case runCompleted = "run.completed"
    case runFailed = "run.failed"
    case runUpdated = "run.updated"
    /// A step was refused, or what one used was too much.
    case budgetExhausted = "budget.exhausted"
    case runCancelRequested = "run.cancel_requested"
    case runCancelled = "run.cancelled"
    case runSuspended = "run.suspended"
    case runWoken = "run.woken"
    case codeChanged = "run.code_changed"
    /// Never appended: the completed step itself is the entry, under its own sequence.
    case stepCompleted = "step.completed"
    case stepAttemptFailed = "step.attempt_failed"
    case stepFailed = "step.failed"
    case stepTimedOut = "step.timed_out"
    case stepInterrupted = "step.interrupted"
    case stepUnknown = "step.unknown"
    case stepResolved = "step.resolved"
    case stepForgotten = "step.forgotten"
    case stepMismatch = "step.mismatch"
    case stepWaiting = "step.waiting"
    case stepGivenUp = "step.given_up"
    case signalSent = "signal.sent"
    case promiseCreated = "promise.created"
    case promiseSettled = "promise.settled"
    case checkpointSaved = "checkpoint.saved"
    case checkpointsDeleted = "checkpoint.deleted"
    case scheduleFired = "schedule.fired"
    case streamOpened = "stream.opened"
    case streamClosed = "stream.closed"
    case artifactSaved = "artifact.saved"
    case eventEmitted = "event.emitted"
    case recordingCompleted = "recording.completed"
    /// It came to an error, was cancelled, or is in doubt; the detail says which.
    case recordingFailed = "recording.failed"
    case recordingSuperseded = "recording.superseded"
    case runImported = "run.imported"
}

/// One entry of the journal.
public struct JournalEntry: Sendable, Equatable {
    /// Its number in the change feed: grows with the commits, some are skipped, none comes twice.
    public var sequence: Int64
    /// When it happened.
    public var at: Instant
    /// The word for what happened: one of `JournalKind`, or in an imported run what its own daemon wrote.
    public var kind: String
    /// The step that it is about; nil when it is about the run as a whole.
    public var step: String?
    /// The attempt of that step, or nil.
    public var attempt: Int64?
    /// More about it, JSON.
    public var detail: Payload?
    /// When that began which it tells the end of, where that was read.
    public var begun: Instant?

    /// Whether it tells where the run as a whole stands, which webhooks may want to know.
    public var isOfRun: Bool { kind.utf8.starts(with: "run.".utf8) }

    /// An entry as it stands in the journal, or as an export has it.
    public init(
        sequence: Int64, at: Instant, kind: String, step: String?, attempt: Int64?, detail: Payload?
    ) {
        self.sequence = sequence
        self.at = at
        self.kind = kind
        self.step = step
        self.attempt = attempt
        self.detail = detail
    }
}
