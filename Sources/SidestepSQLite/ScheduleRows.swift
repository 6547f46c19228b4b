import SidestepModel
import SidestepStore

struct ScheduleStatements {
    let byKey, byName, list, due, next, waiting, ofRun, insert, update, delete: Statement

    init(_ connection: Connection, _ library: StatementLibrary) throws(Failure) {
        func block(_ name: String) throws(Failure) -> Statement { try library.prepare(name, on: connection) }
        byKey = try block("schedule_by_key")
        byName = try block("schedule_by_name")
        list = try block("schedule_list")
        due = try block("schedule_due")
        next = try block("schedule_next")
        waiting = try block("schedule_waiting")
        ofRun = try block("schedule_of_run")
        insert = try block("schedule_insert")
        update = try block("schedule_update")
        delete = try block("schedule_delete")
    }
}

extension SQLiteSession {
    func schedules(lastRun run: Int64) throws(Failure) -> [ScheduleRecord] {
        try schedules.ofRun.all(.integer(run)) { ScheduleRecord(&$0) }
    }

    func schedule(key: Int64) throws(Failure) -> ScheduleRecord? {
        try schedules.byKey.first(.integer(key)) { ScheduleRecord(&$0) }
    }

    func schedule(user: UInt32?, name: String) throws(Failure) -> ScheduleRecord? {
        try schedules.byName.first(SQLValue(name), SQLValue(user.map(Int64.init))) { ScheduleRecord(&$0) }
    }

    func schedules(user: UInt32?, after key: Int64, limit: Int) throws(Failure) -> Page<ScheduleRecord> {
        let found = try schedules.list.all(
            .integer(key), SQLValue(user.map(Int64.init)), .integer(Int64(limit) + 1)
        ) { ScheduleRecord(&$0) }
        return Page(found, limit: limit)
    }

    func schedules(dueAt now: Instant, limit: Int) throws(Failure) -> [ScheduleRecord] {
        try schedules.due.all(SQLValue(now), .integer(Int64(limit))) { ScheduleRecord(&$0) }
    }

    func nextScheduleTime() throws(Failure) -> Instant? {
        try schedules.next.first { $0.optionalInstant() } ?? nil
    }

    func waitingSchedules() throws(Failure) -> [Int64] { try schedules.waiting.all { $0.integer() } }

    func insertSchedule(_ schedule: ScheduleRecord) throws(Failure) -> Int64 {
        _ = try schedules.insert.change(
            schedule.values + [SQLValue(schedule.name), .integer(Int64(schedule.userID))])
        return connection.lastInsertedKey
    }

    func updateSchedule(_ schedule: ScheduleRecord) throws(Failure) {
        _ = try schedules.update.change(schedule.values + [.integer(schedule.key)])
    }

    func deleteSchedule(key: Int64) throws(Failure) { try schedules.delete.run(.integer(key)) }
}

extension ScheduleRecord {
    /// Reads the columns of `{schedule}` in their order.
    init(_ row: inout Row) {
        let (key, name, user, workflow) = (row.integer(), row.string(), row.integer(), row.string())
        self.init(
            key: key, name: name, userID: UInt32(truncatingIfNeeded: user), workflow: workflow,
            now: Instant(milliseconds: 0))
        cron = row.optionalString()
        everyMilliseconds = row.optionalInteger()
        timeZone = row.string()
        overlap = row.status()
        catchUpMilliseconds = row.integer()
        jitterMilliseconds = row.integer()
        start = row.optionalInstant()
        end = row.optionalInstant()
        isPaused = row.bool()
        problem = row.optionalString()
        template = RunTemplate(&row)
        created = row.instant()
        updated = row.instant()
        nextDue = row.optionalInstant()
        waitingDue = row.optionalInstant()
        lastDue = row.optionalInstant()
        lastRun = row.optionalInteger()
        fired = row.integer()
        skipped = row.integer()
        missed = row.integer()
    }

    /// The mutable columns, in the order in which `schedule_insert` and `schedule_update` take them.
    fileprivate var values: [SQLValue] {
        [
            SQLValue(workflow), SQLValue(cron), SQLValue(everyMilliseconds), SQLValue(timeZone),
            SQLValue(overlap.rawValue), .integer(catchUpMilliseconds), .integer(jitterMilliseconds),
            SQLValue(start),
            SQLValue(end), SQLValue(isPaused), SQLValue(problem), SQLValue(template.input),
            SQLValue(template.queue),
            SQLValue(template.priority), SQLValue(template.tags), SQLValue(template.metadata),
            SQLValue(template.retry), SQLValue(template.codeVersion), SQLValue(template.budget),
            SQLValue(created),
            SQLValue(updated), SQLValue(nextDue), SQLValue(isPaused ? nil : nextDue.map(start(of:))),
            SQLValue(waitingDue), SQLValue(lastDue), SQLValue(lastRun), .integer(fired), .integer(skipped),
            .integer(missed),
        ]
    }
}

extension RunTemplate {
    fileprivate init(_ row: inout Row) {
        self.init()
        input = row.optionalPayload()
        queue = row.optionalString()
        priority = row.optionalInteger()
        tags = row.optionalPayload()
        metadata = row.optionalPayload()
        retry = row.optionalPayload()
        codeVersion = row.optionalString()
        budget = row.optionalPayload()
    }
}
