import SidestepModel

/// What a caller says about a run, whether his call makes it or finds it; what is absent stays as it is.
public struct RunTerms: Sendable {
    /// JSON as it came; one that differs from what the run has is `run_conflict`, one that it lacked is kept.
    public var input: Payload?
    /// When the run as a whole is tried again, JSON as the protocol has it; nil for a new run is never.
    public var retry: Payload?
    /// Losses of its owner without progress; more of them in a row pause the run. Nil for a new run is 10.
    public var maxInterruptions: Int64?
    /// Tags that are set, or taken away where the value is nil.
    public var tags: [(name: String, value: String?)] = []
    /// JSON that people see beside the run.
    public var metadata: Payload?
    /// When the daemon asks it to end; a child's is never later than its parent's.
    public var deadline: Instant?
    /// The id of the run that a new one belongs to.
    public var parent: String?
    /// Whether it goes on when its parent closes (`on_parent_close: detach`); heard when the run is made.
    public var isDetached = false
    /// Whether it gets an owner to undo what it did when it is cancelled without one; nil for a new run is no.
    public var compensates: Bool?
    /// Amounts that the run and those below it may use up.
    public var budget: [(name: BudgetName, amount: Int64)] = []
    /// The span of a trace that a new run is below: W3C Trace Context. Nil is that of its parent, or none.
    public var traceparent: String?
    /// Whether another fingerprint of a finished step is refused, or only noted; nil for a new run refuses.
    public var refusesMismatch: Bool?

    /// Says nothing: a new run has the standard values, and one that is there stays as it is.
    public init() {}
}
