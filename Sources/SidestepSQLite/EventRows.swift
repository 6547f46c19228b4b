import SidestepModel
import SidestepStore

struct EventStatements {
    let byID, list, listName, listRun, insert, forget: Statement

    init(_ connection: Connection, _ library: StatementLibrary) throws(Failure) {
        func block(_ name: String) throws(Failure) -> Statement { try library.prepare(name, on: connection) }
        byID = try block("event_by_id")
        list = try block("event_list")
        listName = try block("event_list_name")
        listRun = try block("event_list_run")
        insert = try block("event_insert")
        forget = try block("event_forget")
    }
}

extension SQLiteSession {
    func event(user: UserID, id: String) throws(Failure) -> EventRecord? {
        try events.byID.first(id, Int64(user)) { EventRecord(&$0) }
    }

    func events(_ filter: EventFilter) throws(Failure) -> Page<EventRecord> {
        let whole = filter.name.flatMap { $0.prefix == nil ? $0.text : nil }
        var values: [any ColumnValue] = [
            filter.after, filter.user.map(Int64.init), filter.name?.prefix,
            Int64(filter.limit) + 1,
        ]
        var statement = events.list
        if let run = filter.run {
            statement = events.listRun
            values += [run, whole] as [any ColumnValue]
        } else if let whole {
            statement = events.listName
            values.append(whole)
        }
        return try statement.page(list: values, limit: filter.limit) { EventRecord(&$0) }
    }

    func insertEvent(_ event: EventRecord) throws(Failure) -> Int64 {
        let sequence = try nextSequence()
        try events.insert.run(
            sequence, Int64(event.userID), event.name, event.value,
            event.run, event.eventID, event.at)
        return sequence
    }

    func forgetEvents(before moment: Instant) throws(Failure) { try events.forget.run(moment) }
}

extension EventRecord {
    fileprivate init(_ row: inout Row) {
        self.init(
            sequence: row.integer(), userID: row.user(), name: row.string(),
            value: row.optionalPayload(), run: row.optionalInteger(), eventID: row.optionalString(),
            at: row.instant())
    }
}
