import SidestepModel
import SidestepProtocol
import SidestepStore

/// How an attempt ended, as far as limits and budgets care.
public enum AttemptEnd: Sendable {
    case completed
    /// With an answer, or without one that another attempt might get.
    case failed(retryable: Bool)
    /// Its process died or ran out of time: what it set aside counts as used, since it may have been paid.
    case lost

    /// Whether a result is recorded, which nobody pays again.
    var isResult: Bool {
        if case .completed = self { true } else { false }
    }
}

extension Meters {
    func count(_ end: AttemptEnd) {
        switch end {
        case .completed: completed.count()
        case .failed: failed.count()
        case .lost: lost.count()
        }
    }
}

extension StoreTransaction {
    /// Gives back what an attempt held and books what it used.
    ///
    /// - Parameter usage: what it said it used, JSON.
    /// - Returns: whether a budget is used up now.
    @discardableResult
    func settle(
        _ step: StepRecord, of run: RunRecord, _ end: AttemptEnd, usage: Payload?, _ call: inout CallContext
    ) throws -> Bool {
        call.after(.attemptEnded(end))
        let hold = step.hasHold ? try hold(step: step.key) : nil
        guard hold != nil || usage != nil else { return false }
        var used = usage.map { Amounts(usage: RawJSON(validated: $0)) } ?? Amounts()
        if let hold {
            if usage == nil, case .lost = end { used = hold.reserved }
            if usage == nil, case .completed = end { used = hold.reserved }
            try release(hold, end, &call)
        }
        if usage != nil || !used.isEmpty {
            try book(usage ?? used.usage, isRecorded: end.isResult, of: run, at: call.now)
        }
        let reserved = hold?.reserved ?? Amounts()
        if used.isEmpty, reserved.isEmpty { return false }
        return try spend(used, reserving: reserved.negated, of: run)
    }

    private func release(_ hold: Hold, _ end: AttemptEnd, _ call: inout CallContext) throws {
        try deleteHold(step: hold.step)
        if let limit = hold.limit { call.after(.offered(.limit(limit))) }
        guard let key = hold.breaker, var record = try breaker(key: key) else { return }
        let before = record
        let isProbe = record.probe == hold.step
        switch end {
        case .completed, .failed(retryable: false): record.breaker.succeeded()
        case .failed(retryable: true): record.breaker.failed(isProbe: isProbe, at: call.now)
        case .lost: if isProbe { record.breaker.probeLost() }
        }
        if isProbe { record.probe = nil }
        guard record != before else { return }
        try saveBreaker(record)
        if record.breaker.state != before.breaker.state { call.tell(Notice(record)) }
    }

    /// Books what was used and what is set aside, for the run and for those above it.
    ///
    /// - Returns: whether a budget has been exceeded.
    @discardableResult
    func spend(_ used: Amounts, reserving reserved: Amounts, of run: RunRecord) throws -> Bool {
        var isExceeded = false
        for run in try lineage(of: run) {
            for budget in try budgets(run: run.key) where used[budget.name] != 0 || reserved[budget.name] != 0
            {
                try addToBudget(
                    run: run.key, name: budget.name, used: used[budget.name], reserved: reserved[budget.name])
                if budget.used &+ used[budget.name] > budget.amount { isExceeded = true }
            }
        }
        return isExceeded
    }

    // MARK: Budgets

    /// Why a step or a call may not begin, if it may not: what it asks for does not fit, or nothing is left.
    /// Its journal says it.
    ///
    /// - Parameter step: nil for a call that is no step.
    func budgetRefusal(
        _ reserve: Amounts, _ step: String?, of run: RunRecord, _ call: CallContext
    ) throws -> Failure? {
        for owner in try lineage(of: run) {
            for budget in try budgets(run: owner.key)
            where budget.name != .wallMilliseconds && !budget.permits(reserve[budget.name]) {
                try append(
                    run: run.key, at: call.now, kind: .budgetExhausted, step: step, attempt: nil,
                    detail: detail { writer in
                        writer.member("budget", budget.name.rawValue)
                        writer.member("of", owner.id)
                        writer.member("asked", reserve[budget.name])
                        writer.member("left", budget.left)
                    })
                return .budgetExhausted(budget, of: owner, run, step)
            }
        }
        return nil
    }

    /// Refuses what the budget does not cover; the refusal is noted, although the caller gets an error.
    ///
    /// - Parameter reserve: nil for what pays for nothing, and is refused only once the budget is used up.
    /// - Parameter step: nil for a call that is no step.
    func refuseForBudget(
        _ reserve: Amounts?, _ step: String?, of run: RunRecord, _ call: inout CallContext
    ) throws {
        var refusal: Failure?
        if run.isExhausted { refusal = .exhausted(run).with(\.step, step) }
        if refusal == nil, let reserve { refusal = try budgetRefusal(reserve, step, of: run, call) }
        guard let refusal else { return }
        try exhaust(run, &call)
        throw KeepingWrites.refused(refusal)
    }

    /// Notes that the run has used up its budget; it is paused as soon as nothing of it runs,
    /// so that no answer which was paid for is lost.
    func exhaust(_ run: RunRecord, _ call: inout CallContext) throws {
        var exhausted = run
        exhausted.isExhausted = true
        if try isBusy(run) { return try updateRun(exhausted, expecting: run.epoch) }
        try pauseForBudget(exhausted, &call)
    }

    /// Whether something of the run is under way that may be paid for already.
    private func isBusy(_ run: RunRecord) throws -> Bool {
        if try hasRecordingUnderWay(run: run.key, epoch: run.epoch) { return true }
        return try openSteps(run: run.key).contains { $0.status == .running && $0.executor == nil }
    }

    @discardableResult
    func pauseForBudget(_ run: RunRecord, _ call: inout CallContext) throws -> RunRecord {
        try loseRunningSteps(of: run, &call)
        let paused = try paused(run, .budget, &call)
        try updateRun(paused, expecting: run.epoch)
        try announceEnd(paused, &call)
        return paused
    }

    /// Pauses the runs whose time with owners is used up.
    func pauseRunsOutOfTime(_ call: inout CallContext) throws {
        for run in try runs(outOfTimeAt: call.now) {
            var exhausted = run
            exhausted.isExhausted = true
            try pauseForBudget(exhausted, &call)
        }
    }
}

extension Notice {
    /// A breaker that opened or closed.
    fileprivate init(_ record: BreakerRecord) {
        let isOpen = record.breaker.state == .open
        let until = record.breaker.opened?.advanced(byMilliseconds: record.breaker.cooldownMilliseconds)
        let whose = record.userID == LimitRecord.everybody ? nil : record.userID
        let plain = Notice(isOpen ? .breakerOpened : .breakerClosed).with(.breaker, record.name).with(
            .user, whose)
        self = isOpen ? plain.with(.until, until?.milliseconds) : plain
    }
}

extension Amounts {
    /// What a step says it used.
    init(usage: RawJSON) {
        self.init()
        self[.inputTokens] = usage["input_tokens"]?.integer ?? 0
        self[.outputTokens] = usage["output_tokens"]?.integer ?? 0
        self[.tokens] = usage["tokens"]?.integer ?? self[.inputTokens] &+ self[.outputTokens]
        self[.costMicros] = usage["cost_micros"]?.integer ?? 0
        self[.calls] = usage["requests"]?.integer ?? 1
    }

    /// Reads what a step asks for, checked by the method table; a step that asks for anything is a call.
    public init(reserve: RawJSON) {
        self.init()
        for name in BudgetName.spent { self[name] = reserve[name.rawValue]?.integer ?? 0 }
        if reserve["tokens"] == nil { self[.tokens] = self[.inputTokens] &+ self[.outputTokens] }
        if reserve["calls"] == nil { self[.calls] = 1 }
    }

    /// The same as usage, JSON: read back it is these amounts again.
    var usage: Payload {
        detail { writer in
            writer.member("requests", self[.calls])
            let hasTokens = self[.inputTokens] != 0 || self[.outputTokens] != 0
            for name in BudgetName.spent where name != .calls {
                if self[name] != 0 || (name == .tokens && hasTokens) {
                    writer.member(name.rawValue, self[name])
                }
            }
        }
    }

    var negated: Amounts { Amounts().minus(self) }

    func minus(_ other: Amounts) -> Amounts {
        var rest = Amounts()
        for name in BudgetName.spent { rest[name] = self[name] &- other[name] }
        return rest
    }
}

extension Failure {
    static func budgetExhausted(
        _ budget: Budget, of owner: RunRecord, _ run: RunRecord, _ step: String?
    ) -> Failure {
        let whose = owner.key == run.key ? "the run" : "its parent '\(owner.id)'"
        return Failure(
            .budgetExhausted,
            "\(whose) has \(max(0, budget.left)) of \(budget.amount) \(budget.name.rawValue) left",
            run: run.id, step: step,
            hint:
                "Raise it: \(ShellText.sidestep("budget set", owner.id, "\(budget.name.rawValue)=AMOUNT")), "
                + "then: \(ShellText.sidestep("unpause", run.id))"
        ).with(\.limit, budget.name.rawValue)
    }
}
