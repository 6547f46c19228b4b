import SidestepModel
import SidestepStore

struct ForgettingStatements {
    let overdue, forgot, kept, forgetPiece, forget: Statement

    init(_ connection: Connection, _ library: StatementLibrary) throws(Failure) {
        func block(_ name: String) throws(Failure) -> Statement { try library.prepare(name, on: connection) }
        overdue = try block("recorder_overdue")
        forgot = try block("recorder_forgot")
        kept = try block("recording_kept")
        forgetPiece = try block("recording_forget_piece")
        forget = try block("recording_forget")
    }
}

extension SQLiteSession {
    func overdueRecorder(after run: Int64, now: Instant) throws(Failure) -> OverdueRecorder? {
        try forgetting.overdue.first(run, now) {
            OverdueRecorder(run: $0.integer(), user: $0.user())
        }
    }

    func forgetBodies(
        of run: Int64, below number: Int64, leaving empty: Int64, now: Instant, limit: Int
    ) throws(Failure) -> Int64? {
        try shredding { () throws(Failure) in
            var budget = try RowBudget(rows: limit, chores.freePages)
            let needed = try removals.needed.first(run) { $0.optionalInteger() } ?? nil
            let shared = try needed.map { sequence throws(Failure) in
                try lastSharedRecording(RunOrigin(run: run, sequence: sequence))
            }
            var below = number
            while !budget.isSpent {
                let next = try forgetting.kept.first(run, below, shared ?? 0) { ($0.integer(), $0.integer()) }
                guard let (key, number) = next else {
                    if shared == nil { try forgetting.forgot.run(run) }
                    return nil
                }
                guard try budget.delete(forgetting.forgetPiece, key) else { return below }
                try forgetting.forget.run(key, empty, now)
                try budget.spend(1)
                below = number
            }
            return below
        }
    }

    /// Deletes so that nothing of it can be found in the files afterwards: neither in the database, where it is
    /// overwritten, nor in its log, which is cut when this is committed.
    func shredding<Done>(_ body: () throws(Failure) -> Done) throws(Failure) -> Done {
        try connection.shred(true)
        isLogToBeCut = true
        let result = Result(catching: body)
        try connection.shred(false)
        return try result.get()
    }
}
