import SidestepModel
import SidestepStore

struct JournalStatements {
    let append, history, entries, moment, newest, progress, reserved, reserve: Statement

    init(_ connection: Connection, _ library: StatementLibrary) throws(Failure) {
        append = try library.prepare("journal_append", on: connection)
        history = try library.prepare("journal_history", on: connection)
        entries = try library.prepare("journal_entries", on: connection)
        moment = try library.prepare("journal_moment", on: connection)
        newest = try library.prepare("journal_newest", on: connection)
        progress = try library.prepare("journal_progress", on: connection)
        reserved = try library.prepare("sequence_reserved", on: connection)
        reserve = try library.prepare("sequence_reserve", on: connection)
    }
}

extension SQLiteSession {
    func append(
        run: Int64, at: Instant, kind: JournalKind, step: String?, attempt: Int64?, begun: Instant?,
        detail: Payload?
    ) throws(Failure) -> Int64 {
        let sequence = try nextSequence()
        try journal.append.run(
            sequence, run, at, kind.rawValue, step,
            attempt, begun, detail)
        note(run: run, sequence, at: at, kind: kind, step: step, attempt: attempt, detail: detail)
        return sequence
    }

    func history(run: Int64, after sequence: Int64, limit: Int) throws(Failure) -> Page<JournalEntry> {
        try journal.history.page(run, sequence, Int64(limit) + 1, limit: limit) {
            var entry = JournalEntry(&$0)
            entry.begun = $0.optionalInstant()
            return entry
        }
    }

    func entries(run: Int64, before sequence: Int64, limit: Int) throws(Failure) -> Page<JournalEntry> {
        try journal.entries.page(run, sequence, Int64(limit) + 1, limit: limit) { JournalEntry(&$0) }
    }

    func journalMoment(run: Int64, from sequence: Int64) throws(Failure) -> (sequence: Int64, at: Instant)? {
        try journal.moment.first(run, sequence) { (sequence: $0.integer(), at: $0.instant()) }
    }

    func newestEntries(run: Int64, among count: Int) throws(Failure) -> [JournalEntry] {
        try journal.newest.all(run, Int64(count)) { JournalEntry(&$0) }
    }

    func hasProgress(run: Int64, since sequence: Int64) throws(Failure) -> Bool {
        try journal.progress.hasRow(run, sequence)
    }
}

extension JournalEntry {
    /// Reads the first six columns of a row of entries.
    init(_ row: inout Row) {
        self.init(
            sequence: row.integer(), at: row.instant(), kind: row.string(), step: row.optionalString(),
            attempt: row.optionalInteger(), detail: row.optionalPayload())
    }
}
