/// Something of which a run may use up only so much.
public enum BudgetName: String, Sendable, CaseIterable {
    /// Tokens sent and received.
    case tokens
    case inputTokens = "input_tokens"
    case outputTokens = "output_tokens"
    /// Millionths of the currency.
    case costMicros = "cost_micros"
    /// Calls that are paid for.
    case calls
    /// Milliseconds with an owner.
    case wallMilliseconds = "wall_ms"

    /// Those that steps use up; time passes by itself.
    public static let spent: [BudgetName] = [.tokens, .inputTokens, .outputTokens, .costMicros, .calls]
}

/// How much of each there is, is asked for or was used; what is not named is none.
public struct Amounts: Sendable, Equatable {
    private var values: [BudgetName: Int64] = [:]

    /// Nothing of anything.
    public init() {}

    /// The amount of one; 0 when it is not named, and setting 0 takes the name away.
    public subscript(name: BudgetName) -> Int64 {
        get { values[name] ?? 0 }
        set { values[name] = newValue == 0 ? nil : newValue }
    }

    /// Whether every amount is 0.
    public var isEmpty: Bool { values.isEmpty }
}

/// One limited amount of a run.
public struct Budget: Sendable, Equatable {
    /// The key of the run; its children use up the same budget.
    public var run: Int64
    /// What is counted, and with that its unit.
    public var name: BudgetName
    /// How much there is in all: `limit` on the wire.
    public var amount: Int64
    /// Used up by the run and its children.
    public var used: Int64 = 0
    /// Set aside for steps that are running.
    public var reserved: Int64 = 0

    /// A budget of which nothing is used up or set aside.
    public init(run: Int64, name: BudgetName, amount: Int64) {
        self.run = run
        self.name = name
        self.amount = amount
    }

    /// What is neither used up nor set aside; less than nothing when steps used more than they said.
    public var left: Int64 { amount &- used &- reserved }

    /// Whether so much may be set aside: what is asked for has to fit, and of what costs nobody knows how much
    /// something has to be left.
    public func permits(_ asked: Int64) -> Bool { asked > 0 ? asked <= left : used < amount }
}
