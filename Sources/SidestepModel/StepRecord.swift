/// A step as the store holds it, without its output and error.
public struct StepRecord: Sendable, Equatable {
    /// The store's own number; 0 before it is written.
    public var key: Int64
    /// The key of the run it was recorded in; a step that a fork shares has its origin's.
    public var run: Int64
    /// Unique in its run; the second part of the idempotency key.
    public var name: String
    /// Changed by what happens to it alone: `after`.
    public internal(set) var status: StepStatus
    /// The number of the try, from 1; also what fences a late reply of an earlier try.
    public var attempt: Int64
    /// Tries that failed; those that a crash ended do not count.
    public var failures: Int64
    /// What the client says tells this call from another of the name; compared only where both have one.
    public var fingerprint: String?
    /// Whether an attempt that was lost is not repeated: the step is `unknown` until somebody resolves it.
    public var atMostOnce: Bool
    /// Whether the last attempt ended because its process was lost, not because it failed.
    public var isInterrupted: Bool
    /// The process that began the attempt: two callers of one step are told apart by it.
    public var holder: ProcessIdentity?
    /// The retry policy as it was given, JSON.
    public var retry: Payload?
    /// How long an attempt may take; what nobody named is without limit.
    public var timeouts: Timeouts
    /// The user's own JSON, from the call that began or completed it.
    public var metadata: Payload?
    /// What it used, as the client said with the outcome: an object, of which integers are summed.
    public var usage: Payload?
    /// When its first attempt began; `schedule_to_close_ms` counts from here.
    public var firstBegun: Instant
    /// When the attempt began that it is at, or the wait was opened last.
    public var begun: Instant
    /// When it got its outcome; nil without one.
    public var finished: Instant?
    /// When the next attempt may begin, in `backoff`; of a wait that was given up, when it was to end.
    public var nextAttempt: Instant?
    /// When the attempt under way runs out of time, or an open wait ends; nil is never.
    public var attemptDeadline: Instant?
    /// Which limit `attemptDeadline` is.
    public var deadlineKind: String?
    /// Whether its attempt holds limits, breakers or parts of budgets.
    public var hasHold = false
    /// What the daemon does for it, as long as it has no outcome; nil when a client executes it.
    public var executor: StepExecutor?
    /// Whether it undoes what other steps did.
    public var isCompensation = false
    /// Its place in the journal: of its completion, or of its beginning while it is open. Given by the store.
    public var sequence: Int64 = 0

    /// The step in which the daemon runs `sidestep run` for a detached program; no program's own step is called so.
    public static let supervisor = "sidestep:supervise"

    /// - Parameter status: where it stands: a new step is `running`, or `waiting` if it is a wait; elsewhere stands
    ///   only what is read from a store or an export.
    public init(key: Int64 = 0, run: Int64, name: String, now: Instant, status: StepStatus = .running) {
        self.key = key
        self.run = run
        self.name = name
        self.status = status
        attempt = 1
        failures = 0
        atMostOnce = false
        isInterrupted = false
        timeouts = Timeouts()
        firstBegun = now
        begun = now
    }
}

/// A step together with its outcome.
public struct StepOutcome: Sendable, Equatable {
    /// The step; its status says which of the two payloads is the outcome.
    public var step: StepRecord
    /// The recorded output; nil when there is none, also of a step that completed without.
    public var output: Payload?
    /// The recorded error; of a step in `backoff` that of its last attempt.
    public var error: Payload?

    /// A step with what is stored in its row beside it.
    public init(step: StepRecord, output: Payload?, error: Payload?) {
        self.step = step
        self.output = output
        self.error = error
    }
}
