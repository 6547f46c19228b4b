/// A step as the store holds it, without its output and error.
public struct StepRecord: Sendable, Equatable {
    public var key: Int64
    public var run: Int64
    public var name: String
    /// Changed by what happens to it alone: `after`.
    public internal(set) var status: StepStatus
    /// The number of the try, from 1; also what fences a late reply of an earlier try.
    public var attempt: Int64
    /// Tries that failed; those that a crash ended do not count.
    public var failures: Int64
    public var fingerprint: String?
    public var atMostOnce: Bool
    /// Whether the last attempt ended because its process was lost, not because it failed.
    public var isInterrupted: Bool
    /// The process that began the attempt: two callers of one step are told apart by it.
    public var holder: ProcessIdentity?
    /// The retry policy as it was given, JSON.
    public var retry: Payload?
    public var timeouts: Timeouts
    public var metadata: Payload?
    public var usage: Payload?
    public var firstBegun: Instant
    public var begun: Instant
    public var finished: Instant?
    public var nextAttempt: Instant?
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
    public var step: StepRecord
    public var output: Payload?
    public var error: Payload?

    public init(step: StepRecord, output: Payload?, error: Payload?) {
        self.step = step
        self.output = output
        self.error = error
    }
}
