import SidestepModel

/// What a caller says about a run, whether his call makes it or finds it; what is absent stays as it is.
public struct RunTerms: Sendable {
    public var input: Payload?
    public var retry: Payload?
    public var maxInterruptions: Int64?
    public var tags: [(name: String, value: String?)] = []
    public var metadata: Payload?
    public var deadline: Instant?
    /// The id of the run that a new one belongs to.
    public var parent: String?
    public var isDetached = false
    public var compensates: Bool?
    public var budget: [(name: BudgetName, amount: Int64)] = []
    public var refusesMismatch: Bool?

    public init() {}
}
