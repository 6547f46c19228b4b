import SidestepModel
import SidestepStore

struct WaitStatements {
    let steps, insert, exists, delete, timersOfRun, timers: Statement
    let pendingSignal, signalByMessage, signalList, pendingCount: Statement
    let insertSignal, consumeSignal, giveBack: Statement
    let promise, promiseList, insertPromise, settlePromise: Statement

    init(_ connection: Connection, _ library: StatementLibrary) throws(Failure) {
        func block(_ name: String) throws(Failure) -> Statement { try library.prepare(name, on: connection) }
        steps = try block("wait_steps")
        insert = try block("wait_insert")
        exists = try block("wait_exists")
        delete = try block("wait_delete")
        timersOfRun = try block("timer_list_run")
        timers = try block("timer_list")
        pendingSignal = try block("signal_pending")
        signalByMessage = try block("signal_by_message")
        signalList = try block("signal_list")
        pendingCount = try block("signal_pending_count")
        insertSignal = try block("signal_insert")
        consumeSignal = try block("signal_consume")
        giveBack = try block("signal_give_back")
        promise = try block("promise_get")
        promiseList = try block("promise_list")
        insertPromise = try block("promise_insert")
        settlePromise = try block("promise_settle")
    }
}

extension SQLiteSession {
    func waitingSteps(
        run: Int64, _ condition: WaitCondition, limit: Int
    ) throws(Failure) -> [StepRecord] {
        try waits.steps.all(
            run, condition.kind.rawValue, condition.name,
            Int64(limit)
        ) { StepRecord(&$0) }
    }

    func insertWait(
        step: StepRecord, position: Int, source: Int64, _ condition: WaitCondition, epoch: Int64
    ) throws(Failure) {
        try requireOne(
            try waits.insert.run(
                step.run, epoch, step.key, Int64(position),
                source, condition.kind.rawValue, condition.name))
    }

    func deleteWaits(step: Int64) throws(Failure) {
        // A sleep has none. Looking is cheap; a DELETE that may find several rows collects them in a table first.
        guard try waits.exists.hasRow(step) else { return }
        try waits.delete.run(step)
    }

    func timers(run: Int64?, user: UserID?, limit: Int) throws(Failure) -> [StepRecord] {
        if let run {
            return try waits.timersOfRun.all(run, Int64(limit)) { StepRecord(&$0) }
        }
        return try waits.timers.all(user.map(Int64.init), Int64(limit)) {
            StepRecord(&$0)
        }
    }

    func pendingSignal(run: Int64, name: String) throws(Failure) -> SignalRecord? {
        try waits.pendingSignal.first(run, name) { SignalRecord(&$0) }
    }

    func signal(run: Int64, messageID: String) throws(Failure) -> SignalRecord? {
        try waits.signalByMessage.first(run, messageID) { SignalRecord(&$0) }
    }

    func signals(
        run: Int64, name: String?, pendingOnly: Bool, after key: Int64, limit: Int
    ) throws(Failure) -> Page<SignalRecord> {
        try waits.signalList.page(
            run, key, name, pendingOnly, Int64(limit) + 1, limit: limit
        ) { SignalRecord(&$0) }
    }

    func pendingSignalCount(run: Int64) throws(Failure) -> Int64 {
        try waits.pendingCount.first(run) { $0.integer() } ?? 0
    }

    func insertSignal(_ signal: SignalRecord) throws(Failure) {
        try waits.insertSignal.run(
            signal.run, signal.name, signal.messageID,
            Int64(signal.userID), signal.sent, signal.consumedBy,
            signal.consumed, signal.value)
    }

    func consumeSignal(key: Int64, by step: String, at now: Instant) throws(Failure) {
        try waits.consumeSignal.run(key, step, now)
    }

    func giveBackSignals(run: Int64, from step: String) throws(Failure) -> [SignalRecord] {
        try waits.giveBack.all(run, step) { SignalRecord(&$0) }
    }

    func promise(run: Int64, name: String) throws(Failure) -> PromiseRecord? {
        try waits.promise.first(run, name) { PromiseRecord(&$0) }
    }

    func promises(run: Int64, status: PromiseRecord.Status?) throws(Failure) -> [PromiseRecord] {
        try waits.promiseList.all(run, status?.rawValue) { PromiseRecord(&$0) }
    }

    func insertPromise(_ promise: PromiseRecord, epoch: Int64?) throws(Failure) {
        try requireOne(
            try waits.insertPromise.run(
                promise.run, epoch, promise.name,
                promise.status.rawValue, promise.created, promise.settled,
                promise.settledBy.map(Int64.init), promise.metadata,
                promise.value, promise.error))
    }

    func settlePromise(_ promise: PromiseRecord) throws(Failure) {
        try waits.settlePromise.run(
            promise.key, promise.status.rawValue, promise.settled,
            promise.settledBy.map(Int64.init), promise.value, promise.error)
    }
}

extension SignalRecord {
    /// Reads the columns of `{signal}` in their order.
    init(_ row: inout Row) {
        let key = row.integer()
        self.init(
            run: row.integer(), name: row.string(), messageID: row.string(),
            userID: row.user(), sent: row.instant(), value: nil)
        self.key = key
        consumedBy = row.optionalString()
        consumed = row.optionalInstant()
        value = row.optionalPayload()
    }
}

extension PromiseRecord {
    /// Reads the columns of `{promise}` in their order.
    init(_ row: inout Row) {
        let key = row.integer()
        let (run, name, status): (Int64, String, Status) = (row.integer(), row.string(), row.status())
        self.init(run: run, name: name, created: row.instant())
        self.key = key
        self.status = status
        settled = row.optionalInstant()
        settledBy = row.optionalInteger().map { UserID(truncating: $0) }
        metadata = row.optionalPayload()
        value = row.optionalPayload()
        error = row.optionalPayload()
    }
}
