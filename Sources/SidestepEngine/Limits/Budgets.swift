import SidestepModel
import SidestepStore

/// What a run may use up, and what it has.
public struct GetBudget: Query {
    /// The id of a run that the caller may see; its newest generation is meant.
    public let run: String

    /// A call of `budget.get`.
    public init(run: String) { self.run = run }

    /// Answers with the run's own amounts, not those of runs above it; time with the present owner counts.
    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> [Budget] {
        try store.budgets(of: store.visibleRun(run, call), now: call.now)
    }
}

extension StoreReader {
    /// The run and those above it, itself first.
    func lineage(of run: RunRecord) throws(Failure) -> [RunRecord] {
        var lineage = [run]
        while let parent = lineage.last?.parent, let above = try self.run(key: parent) {
            lineage.append(above)
        }
        return lineage
    }

    /// The budgets of a run; time that its owner has had it so far counts.
    func budgets(of run: RunRecord, now: Instant) throws(Failure) -> [Budget] {
        try budgets(run: run.key).map { budget in
            guard budget.name == .wallMilliseconds else { return budget }
            var timed = budget
            let current = run.lease.map { max(0, now.milliseconds(since: $0.owner.since)) } ?? 0
            timed.used = run.ownedMilliseconds &+ current
            return timed
        }
    }
}

extension StoreTransaction {
    /// Sets amounts of a run; what is not named stays.
    func setBudgets(_ amounts: [(name: BudgetName, amount: Int64)], of run: RunRecord) throws(Failure) {
        for (name, amount) in amounts { try setBudget(run: run.key, name: name, amount: amount) }
    }

    /// Makes sure that an owner's time is looked at when it is used up.
    func watchTime(of run: RunRecord, _ call: inout CallContext) throws(Failure) {
        guard let since = run.lease?.owner.since,
            let budget = try budgets(run: run.key).first(where: { $0.name == .wallMilliseconds })
        else { return }
        call.after(.due(since.advanced(byMilliseconds: budget.amount - run.ownedMilliseconds)))
    }
}

/// Changes what a run may use up.
public struct SetBudget: Command {
    /// The id of a run that the caller may see; no lease is needed.
    public let run: String
    /// The amounts that change, in place of those there are; what is not named stays.
    public let amounts: [(name: BudgetName, amount: Int64)]

    /// A call of `budget.set`.
    public init(run: String, amounts: [(name: BudgetName, amount: Int64)]) {
        self.run = run
        self.amounts = amounts
    }

    /// Answers with all amounts of the run; one that is paused for its budget stays so until it is unpaused.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> [Budget] {
        var run = try store.visibleRun(run, call)
        try store.setBudgets(amounts, of: run)
        if run.isExhausted, run.status != .paused {
            run.isExhausted = false
            try store.updateRun(run, expecting: run.epoch)
        }
        try store.watchTime(of: run, &call)
        try store.append(
            run: run.key, at: call.now, kind: .runUpdated, detail: detail { $0.by(call.peer) })
        call.tell(act: "budget.set", run.id, of: run.userID)
        return try store.budgets(of: run, now: call.now)
    }
}
