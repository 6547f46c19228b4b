import SidestepModel
import SidestepStore

struct AnnouncementStatements {
    let journal, steps, runs, runGoesOn: Statement

    init(_ connection: Connection, _ library: StatementLibrary) throws(Failure) {
        journal = try library.prepare("watch_journal", on: connection)
        steps = try library.prepare("watch_steps", on: connection)
        runs = try library.prepare("watch_runs", on: connection)
        runGoesOn = try library.prepare("watch_run_goes_on", on: connection)
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

    /// There is one writer: all that was given is settled with this transaction.
    func settledSequence() throws(Failure) -> Int64 {
        if let last = sequences?.last { return last }
        return try journal.reserved.first { $0.integer() } ?? 0
    }

    func journal(
        user: UserID?, after: Int64, upTo: inout Int64, underWay runs: inout Set<Int64>?
    ) throws(Failure) -> [JournalNote] {
        let page = try announcements.journal.page(after, upTo, user, limit: .max) { JournalNote(&$0) }
        var found = page.items
        if page.hasMore, let last = found.last { upTo = last.entry.sequence }
        var looked = Set(found.map(\.run))
        if let runs { looked.formUnion(runs) } else { looked.formUnion(try runsUnderWay(at: after, user)) }
        for run in looked {
            found += try announcements.steps.all(run, after, upTo) {
                JournalNote(&$0)
            }
        }
        runs = try goingOn(looked, after: upTo)
        return found.sorted { $0.entry.sequence < $1.entry.sequence }
    }

    private func runsUnderWay(at sequence: Int64, _ user: UserID?) throws(Failure) -> [Int64] {
        try announcements.runs.all(sequence, user) { $0.integer() }
    }

    private func goingOn(_ runs: Set<Int64>, after sequence: Int64) throws(Failure) -> Set<Int64> {
        var found: Set<Int64> = []
        for run in runs where try announcements.runGoesOn.hasRow(run, sequence) {
            found.insert(run)
        }
        return found
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
