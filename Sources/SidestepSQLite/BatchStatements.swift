import SidestepModel

/// The statements around a batch and around each of its jobs.
struct BatchStatements {
    let begin, rollback, savepoint, release, rollbackJob: Statement
    private let end: Statement
    private let nanoseconds: @Sendable () -> Int64
    private let committed: @Sendable (Int, Int64) -> Void

    /// - Parameter committed: told how many jobs a commit had, and how long it took.
    init(
        _ connection: Connection, nanoseconds: @escaping @Sendable () -> Int64,
        committed: @escaping @Sendable (Int, Int64) -> Void
    ) throws(Failure) {
        (self.nanoseconds, self.committed) = (nanoseconds, committed)
        func statement(_ name: String, _ sql: String) throws(Failure) -> Statement {
            let statement = Statement(connection, name: name, sql: sql)
            // A full disk must not be the first time that ROLLBACK is prepared.
            try statement.prepareNow()
            return statement
        }
        begin = try statement("begin", "BEGIN IMMEDIATE")
        end = try statement("commit", "COMMIT")
        rollback = try statement("rollback", "ROLLBACK")
        savepoint = try statement("savepoint", "SAVEPOINT job")
        release = try statement("release", "RELEASE job")
        rollbackJob = try statement("rollback_job", "ROLLBACK TO job")
    }

    /// Commits a transaction with so many jobs; it is on disk afterwards.
    func commit(_ jobs: Int) throws(Failure) {
        let begun = nanoseconds()
        try end.run()
        committed(jobs, nanoseconds() - begun)
    }

    func finalize() {
        for statement in [begin, end, rollback, savepoint, release, rollbackJob] { statement.release() }
    }
}
