import SidestepModel
import SidestepStore

struct ScheduleStatements {
    let byKey, byName, list, due, next, waiting, ofRun, delete: Statement
    let insert, update: RecordStatement<ScheduleRecord>

    init(_ connection: Connection, _ library: StatementLibrary) throws(Failure) {
        func block(_ name: String) throws(Failure) -> Statement { try library.prepare(name, on: connection) }
        byKey = try block("schedule_by_key")
        byName = try block("schedule_by_name")
        list = try block("schedule_list")
        due = try block("schedule_due")
        next = try block("schedule_next")
        waiting = try block("schedule_waiting")
        ofRun = try block("schedule_of_run")
        insert = try RecordStatement(try block("schedule_insert"))
        update = try RecordStatement(try block("schedule_update"))
        delete = try block("schedule_delete")
    }
}

extension SQLiteSession {
    func schedules(lastRun run: Int64) throws(Failure) -> [ScheduleRecord] {
        try schedules.ofRun.all(run) { ScheduleRecord(&$0) }
    }

    func schedule(key: Int64) throws(Failure) -> ScheduleRecord? {
        try schedules.byKey.first(key) { ScheduleRecord(&$0) }
    }

    func schedule(user: UserID?, name: String) throws(Failure) -> ScheduleRecord? {
        try schedules.byName.first(name, user.map(Int64.init)) { ScheduleRecord(&$0) }
    }

    func schedules(user: UserID?, after key: Int64, limit: Int) throws(Failure) -> Page<ScheduleRecord> {
        try schedules.list.page(
            key, user.map(Int64.init), Int64(limit) + 1, limit: limit
        ) { ScheduleRecord(&$0) }
    }

    func schedules(dueAt now: Instant, limit: Int) throws(Failure) -> [ScheduleRecord] {
        try schedules.due.all(now, Int64(limit)) { ScheduleRecord(&$0) }
    }

    func nextScheduleTime() throws(Failure) -> Instant? {
        try schedules.next.first { $0.optionalInstant() } ?? nil
    }

    func waitingSchedules() throws(Failure) -> [Int64] { try schedules.waiting.all { $0.integer() } }

    func insertSchedule(_ schedule: ScheduleRecord) throws(Failure) -> Int64 {
        var row = schedule
        _ = try schedules.insert.write(&row)
        return connection.lastInsertedKey
    }

    func updateSchedule(_ schedule: ScheduleRecord) throws(Failure) {
        var row = schedule
        _ = try schedules.update.write(&row)
    }

    func deleteSchedule(key: Int64) throws(Failure) { try schedules.delete.run(key) }
}

extension ScheduleRecord: Stored {
    static var word: String { "schedule" }
    static var table: String { "schedule" }
    static var blank: ScheduleRecord {
        ScheduleRecord(key: 0, name: "", userID: 0, workflow: "", now: Instant(milliseconds: 0))
    }

    mutating func pass(through columns: inout some Columns) {
        columns.apart("key", &key)
        columns.once("name", &name)
        columns.once("user_id", &userID)
        columns.column("workflow", &workflow)
        columns.column("cron", &cron)
        columns.column("every_ms", &everyMilliseconds)
        columns.column("time_zone", &timeZone)
        columns.column("overlap", &overlap)
        columns.column("catch_up_ms", &catchUpMilliseconds)
        columns.column("jitter_ms", &jitterMilliseconds)
        columns.column("start_at", &start)
        columns.column("end_at", &end)
        columns.column("paused", &isPaused)
        columns.column("problem", &problem)
        template.pass(through: &columns)
        columns.column("created_at", &created)
        columns.column("updated_at", &updated)
        columns.column("next_due_at", &nextDue)
        columns.unread("start_next_at", isPaused ? nil : nextDue.map(start(of:)))
        columns.column("waiting_due_at", &waitingDue)
        columns.column("last_due_at", &lastDue)
        columns.column("last_run", &lastRun)
        columns.column("fired", &fired)
        columns.column("skipped", &skipped)
        columns.column("missed", &missed)
    }
}

extension RunTemplate {
    fileprivate mutating func pass(through columns: inout some Columns) {
        columns.column("input", &input)
        columns.column("queue", &queue)
        columns.column("priority", &priority)
        columns.column("tags", &tags)
        columns.column("metadata", &metadata)
        columns.column("retry", &retry)
        columns.column("code_version", &codeVersion)
        columns.column("budget", &budget)
    }
}
