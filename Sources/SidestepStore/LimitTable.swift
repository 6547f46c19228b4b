import SidestepModel

/// Looks at what limits steps: the tables `limit`, `breaker`, `hold` and `budget`.
public protocol LimitReading: AnyObject {
    /// The user's own limit of this name, or everybody's.
    func limit(user: UserID, name: String) throws(Failure) -> LimitRecord?
    /// A limit that a hold names; nil when it was deleted.
    func limit(key: Int64) throws(Failure) -> LimitRecord?
    /// Those that the user may see; nil means all.
    func limits(user: UserID?) throws(Failure) -> [LimitRecord]
    /// The user's own breaker of this name, or everybody's.
    func breaker(user: UserID, name: String) throws(Failure) -> BreakerRecord?
    /// A breaker that a hold names.
    func breaker(key: Int64) throws(Failure) -> BreakerRecord?
    /// Those that the user may see, everybody's included; nil means all.
    func breakers(user: UserID?) throws(Failure) -> [BreakerRecord]
    /// Steps that hold the limit now.
    func holders(limit: Int64) throws(Failure) -> Int64
    /// Those that hold it longest, `count` at most.
    func oldestHolders(limit: Int64, count: Int) throws(Failure) -> [LimitHolder]
    /// What a step holds; nil when nothing, or its attempt has ended.
    func hold(step: Int64) throws(Failure) -> Hold?
    /// The limited amounts of a run.
    func budgets(run: Int64) throws(Failure) -> [Budget]
    /// Owned runs whose budget of wall time is used up, a hundred at most.
    func runs(outOfTimeAt now: Instant) throws(Failure) -> [RunRecord]
    /// When the next of them is.
    func nextOutOfTime() throws(Failure) -> Instant?
}

/// Writes limits, breakers and budgets, and what steps hold of them.
public protocol LimitWriting: LimitReading {
    /// Adds the limit or changes it.
    func saveLimit(_ limit: LimitRecord) throws(Failure)
    /// Deletes a limit; steps that hold it go on without.
    func deleteLimit(key: Int64) throws(Failure)
    /// Adds the breaker or changes it.
    func saveBreaker(_ breaker: BreakerRecord) throws(Failure)
    /// Notes what a step holds where its run's epoch is still `epoch`; throws `lease_lost` otherwise.
    func insertHold(_ hold: Hold, epoch: Int64) throws(Failure)
    /// Deletes what a step holds; what it set aside of budgets `addToBudget` gives back.
    func deleteHold(step: Int64) throws(Failure)
    /// Adds the budget or changes its amount; what was used stays.
    func setBudget(run: Int64, name: BudgetName, amount: Int64) throws(Failure)
    /// Adds to what was used and to what is set aside; either may be negative.
    func addToBudget(run: Int64, name: BudgetName, used: Int64, reserved: Int64) throws(Failure)
}
