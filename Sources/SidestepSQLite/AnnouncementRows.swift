import SidestepModel
import SidestepStore

struct AnnouncementStatements {
    let journal, steps: Statement

    init(_ connection: Connection, _ library: StatementLibrary) throws(Failure) {
        journal = try library.prepare("watch_journal", on: connection)
        steps = try library.prepare("watch_steps", on: connection)
    }
}

extension SQLiteSession {
    func takeNotes() -> [JournalNote] {
        defer { notes = [] }
        return notes
    }

    /// Keeps what was written to the journal until `takeNotes` asks for it.
    func note(
        run: Int64, _ sequence: Int64, at: Instant, kind: JournalKind, step: String?, attempt: Int64?,
        detail: Payload?
    ) {
        let entry = JournalEntry(
            sequence: sequence, at: at, kind: kind.rawValue, step: step, attempt: attempt, detail: detail)
        notes.append(JournalNote(run: run, entry: entry))
    }

    func lastSequence() throws(Failure) -> Int64 {
        if let last = sequences?.last { return last }
        return try journal.reserved.first { $0.integer() } ?? 0
    }

    func journal(user: UInt32?, after: Int64, upTo: Int64) throws(Failure) -> [JournalNote] {
        let values: [SQLValue] = [.integer(after), .integer(upTo), SQLValue(user.map(Int64.init))]
        var found: [JournalNote] = []
        for statement in [announcements.journal, announcements.steps] {
            try statement.each(values) { row in
                found.append(JournalNote(&row))
                return true
            }
        }
        return found.sorted { $0.entry.sequence < $1.entry.sequence }
    }
}

extension JournalNote {
    fileprivate init(_ row: inout Row) {
        self.init(
            run: row.integer(),
            entry: JournalEntry(
                sequence: row.integer(), at: row.instant(), kind: row.string(), step: row.optionalString(),
                attempt: row.optionalInteger(), detail: row.optionalPayload()))
    }
}
