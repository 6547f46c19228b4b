/// By what sums of usage are told apart.
public enum UsageGrouping: String, Sendable, CaseIterable {
    case day, model, workflow, user
}

/// Which usage is meant; what is nil is no condition.
public struct UsageFilter: Sendable {
    /// The first hour since the epoch.
    public var from: Int64
    /// The hour behind the last one.
    public var until: Int64
    /// Whose runs used it.
    public var user: UserID?
    /// The code they executed.
    public var workflow: String?
    /// The model that was called; empty is where nobody said so.
    public var model: String?

    /// All usage of these hours.
    public init(from: Int64, until: Int64) {
        self.from = from
        self.until = until
    }
}

/// One sum of a usage: of so many tokens, calls, or whatever clients count.
public struct UsageSum: Sendable, Equatable {
    /// The hour, the model, the workflow or the user that it is of, as text.
    public var part: String
    /// What is counted.
    public var name: String
    /// How much.
    public var amount: Int64

    /// A row of the store.
    public init(part: String, name: String, amount: Int64) {
        self.part = part
        self.name = name
        self.amount = amount
    }
}

extension Instant {
    /// Whole hours since the epoch, as usage is kept.
    public var hour: Int64 { floorDivide(milliseconds, 3_600_000) }
}
