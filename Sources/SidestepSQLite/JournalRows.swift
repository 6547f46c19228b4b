import SidestepModel
import SidestepStore

struct JournalStatements {
    let append, history, progress, last, keepLast: Statement

    init(_ connection: Connection, _ library: StatementLibrary) throws(Failure) {
        append = try library.prepare("journal_append", on: connection)
        history = try library.prepare("journal_history", on: connection)
        progress = try library.prepare("journal_progress", on: connection)
        last = try library.prepare("journal_last", on: connection)
        keepLast = try library.prepare("journal_keep_last", on: connection)
    }
}

extension SQLiteSession {
    func append(
        run: Int64, at: Instant, kind: JournalKind, step: String?, attempt: Int64?, detail: Payload?
    ) throws(Failure) -> Int64 {
        let sequence =
            if let lastSequence { lastSequence } else { try journal.last.first { $0.integer() } ?? 0 }
        try journal.append.run(
            .integer(sequence + 1), .integer(run), SQLValue(at), SQLValue(kind.rawValue), SQLValue(step),
            SQLValue(attempt), SQLValue(detail))
        lastSequence = sequence + 1
        return sequence + 1
    }

    /// Something was rolled back: the next entry takes its number from what stands, so that none is skipped.
    func forgetSequence() { lastSequence = nil }

    func history(run: Int64, after sequence: Int64, limit: Int) throws(Failure) -> Page<JournalEntry> {
        let found = try journal.history.all(
            .integer(run), .integer(sequence), .integer(Int64(limit) + 1)
        ) { row in
            JournalEntry(
                sequence: row.integer(), at: row.instant(), kind: row.string(), step: row.optionalString(),
                attempt: row.optionalInteger(), detail: row.optionalPayload())
        }
        return Page(items: Array(found.prefix(limit)), hasMore: found.count > limit)
    }

    func hasProgress(run: Int64, since sequence: Int64) throws(Failure) -> Bool {
        try journal.progress.first(.integer(run), .integer(sequence)) { $0.integer() } != nil
    }
}
