import SidestepModel
import SidestepStore

struct ExecutionStatements {
    let get, running, due, next, hasten, insert, started, delete: Statement

    init(_ connection: Connection, _ library: StatementLibrary) throws(Failure) {
        func block(_ name: String) throws(Failure) -> Statement { try library.prepare(name, on: connection) }
        get = try block("execution_get")
        running = try block("execution_running")
        due = try block("execution_due")
        next = try block("execution_next")
        hasten = try block("execution_hasten")
        insert = try block("execution_insert")
        started = try block("execution_started")
        delete = try block("execution_delete")
    }
}

extension SQLiteSession {
    func execution(step: Int64) throws(Failure) -> (execution: ExecutionRecord, step: StepRecord)? {
        try executions.get.first(step) { (ExecutionRecord(&$0), StepRecord(&$0)) }
    }

    func runningExecutions(
        place: Int64
    ) throws(Failure) -> [(execution: ExecutionRecord, step: StepRecord)] {
        try executions.running.all(place) { (ExecutionRecord(&$0), StepRecord(&$0)) }
    }

    func executions(
        place: Int64, dueAt now: Instant, after last: DueExecution?, limit: Int
    ) throws(Failure) -> [DueExecution] {
        let (at, step) = (last?.at.milliseconds ?? .min, last?.step ?? .min)
        return try executions.due.all(now, Int64(limit), at, step, place) {
            row in
            DueExecution(step: row.integer(), at: Instant(milliseconds: row.integer()))
        }
    }

    func nextExecution(place: Int64, after now: Instant) throws(Failure) -> Instant? {
        try executions.next.first(now, place) { $0.optionalInstant() } ?? nil
    }

    func hastenExecutions(breaker: BreakerRecord, to now: Instant) throws(Failure) {
        try executions.hasten.run(breaker.name, breaker.userID, now)
    }

    func saveExecution(_ execution: ExecutionRecord, run: Int64, epoch: Int64) throws(Failure) {
        try requireOne(
            try executions.insert.run(
                run, epoch, execution.step, execution.spec, execution.demand, execution.weight,
                execution.token, execution.place))
    }

    func executionStarted(step: Int64, process: ProcessIdentity, boot: String) throws(Failure) {
        try executions.started.run(
            step, Int64(process.pid), process.startTicks, boot)
    }

    func deleteExecution(step: Int64) throws(Failure) { try executions.delete.run(step) }
}

extension ExecutionRecord {
    /// Reads the columns of `{execution}` in their order.
    init(_ row: inout Row) {
        self.init(
            step: row.integer(), spec: row.optionalPayload() ?? [], demand: row.optionalPayload(),
            weight: row.integer(), token: row.string())
        let (pid, start) = (row.optionalInteger(), row.optionalInteger())
        boot = row.optionalString()
        place = row.optionalInteger() ?? 0
        process = pid.map {
            ProcessIdentity(pid: Int32(truncatingIfNeeded: $0), startTicks: start ?? 0, place: place)
        }
    }
}
