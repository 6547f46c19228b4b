import SidestepModel
import SidestepStore

struct LimitStatements {
    let limit, limitByKey, limitList, saveLimit, deleteLimit: Statement
    let breaker, breakerByKey, breakerList, saveBreaker: Statement
    let holdCount, holdHolders, hold, insertHold, deleteHold: Statement
    let budgets, setBudget, addToBudget, outOfTime, nextOutOfTime: Statement

    init(_ connection: Connection, _ library: StatementLibrary) throws(Failure) {
        func block(_ name: String) throws(Failure) -> Statement { try library.prepare(name, on: connection) }
        limit = try block("limit_get")
        limitByKey = try block("limit_by_key")
        limitList = try block("limit_list")
        saveLimit = try block("limit_save")
        deleteLimit = try block("limit_delete")
        breaker = try block("breaker_get")
        breakerByKey = try block("breaker_by_key")
        breakerList = try block("breaker_list")
        saveBreaker = try block("breaker_save")
        holdCount = try block("hold_count")
        holdHolders = try block("hold_holders")
        hold = try block("hold_get")
        insertHold = try block("hold_insert")
        deleteHold = try block("hold_delete")
        budgets = try block("budget_list")
        setBudget = try block("budget_set")
        addToBudget = try block("budget_add")
        outOfTime = try block("budget_out_of_time")
        nextOutOfTime = try block("budget_next_out_of_time")
    }
}

extension SQLiteSession {
    func limit(user: UserID, name: String) throws(Failure) -> LimitRecord? {
        try limits.limit.first(Int64(user), name) { LimitRecord(&$0) }
    }

    func limit(key: Int64) throws(Failure) -> LimitRecord? {
        try limits.limitByKey.first(key) { LimitRecord(&$0) }
    }

    func limits(user: UserID?) throws(Failure) -> [LimitRecord] {
        try limits.limitList.all(user.map(Int64.init)) { LimitRecord(&$0) }
    }

    func saveLimit(_ limit: LimitRecord) throws(Failure) {
        try limits.saveLimit.run(
            limit.userID, limit.name, limit.concurrency,
            limit.rate?.count, limit.rate?.milliseconds, limit.rate?.burst,
            limit.bucket.tokens, limit.bucket.at)
    }

    func deleteLimit(key: Int64) throws(Failure) { try limits.deleteLimit.run(key) }

    func breaker(user: UserID, name: String) throws(Failure) -> BreakerRecord? {
        try limits.breaker.first(Int64(user), name) { BreakerRecord(&$0) }
    }

    func breaker(key: Int64) throws(Failure) -> BreakerRecord? {
        try limits.breakerByKey.first(key) { BreakerRecord(&$0) }
    }

    func breakers(user: UserID?) throws(Failure) -> [BreakerRecord] {
        try limits.breakerList.all(user.map(Int64.init)) { BreakerRecord(&$0) }
    }

    func saveBreaker(_ record: BreakerRecord) throws(Failure) {
        let breaker = record.breaker
        try limits.saveBreaker.run(
            record.userID, record.name, breaker.maxFailures,
            breaker.cooldownMilliseconds, breaker.state.rawValue,
            breaker.failures, breaker.opened, record.probe)
    }

    func holders(limit: Int64) throws(Failure) -> Int64 {
        try limits.holdCount.first(limit) { $0.integer() } ?? 0
    }

    func oldestHolders(limit: Int64, count: Int) throws(Failure) -> [LimitHolder] {
        try limits.holdHolders.all(limit, Int64(count)) { row in
            LimitHolder(
                run: row.string(), userID: row.user(), step: row.string(),
                since: row.instant())
        }
    }

    func hold(step: Int64) throws(Failure) -> Hold? {
        try limits.hold.first(step) { Hold(&$0) }
    }

    func insertHold(_ hold: Hold, epoch: Int64) throws(Failure) {
        try requireOne(
            try limits.insertHold.run(
                list: [hold.run, epoch, hold.step, hold.limit, hold.breaker] as [any ColumnValue]
                    + BudgetName.spent.map { hold.reserved[$0] as any ColumnValue }))
    }

    func deleteHold(step: Int64) throws(Failure) { try limits.deleteHold.run(step) }

    func budgets(run: Int64) throws(Failure) -> [Budget] {
        try limits.budgets.all(run) { Budget(&$0) }
    }

    func setBudget(run: Int64, name: BudgetName, amount: Int64) throws(Failure) {
        try limits.setBudget.run(run, name.rawValue, amount)
    }

    func addToBudget(run: Int64, name: BudgetName, used: Int64, reserved: Int64) throws(Failure) {
        try limits.addToBudget.run(
            run, name.rawValue, used, reserved)
    }

    func runs(outOfTimeAt now: Instant) throws(Failure) -> [RunRecord] {
        try limits.outOfTime.all(now) { RunRecord(&$0) }
    }

    func nextOutOfTime() throws(Failure) -> Instant? {
        try limits.nextOutOfTime.first { $0.optionalInstant() } ?? nil
    }
}

extension LimitRecord {
    /// Reads the columns of `{limit}` in their order.
    init(_ row: inout Row) {
        let key = row.integer()
        self.init(userID: row.integer(), name: row.string())
        self.key = key
        concurrency = row.optionalInteger()
        rate = Rate(&row)
        bucket = TokenBucket(tokens: row.real(), at: row.instant())
    }
}

extension BreakerRecord {
    /// Reads the columns of `{breaker}` in their order.
    init(_ row: inout Row) {
        let (key, user, name) = (row.integer(), row.integer(), row.string())
        var breaker = Breaker(maxFailures: row.integer(), cooldownMilliseconds: row.integer())
        breaker.state = row.status()
        breaker.failures = row.integer()
        breaker.opened = row.optionalInstant()
        self.init(userID: user, name: name, breaker: breaker)
        self.key = key
        probe = row.optionalInteger()
    }
}

extension Hold {
    /// Reads the columns of `hold_get` in their order.
    init(_ row: inout Row) {
        self.init(step: row.integer(), run: row.integer())
        limit = row.optionalInteger()
        breaker = row.optionalInteger()
        for name in BudgetName.spent { reserved[name] = row.integer() }
    }
}

extension Budget {
    /// Reads the columns of `budget_list` in their order.
    init(_ row: inout Row) {
        let run = row.integer()
        // A CHECK constraint holds the same list of words.
        let name: BudgetName = row.status()
        self.init(run: run, name: name, amount: row.integer())
        used = row.integer()
        reserved = row.integer()
    }
}
