import SidestepModel

/// The statements around a batch and around each of its jobs.
struct BatchStatements {
    let begin, commit, rollback, savepoint, release, rollbackJob: Statement

    init(_ connection: Connection) throws(Failure) {
        func statement(_ name: String, _ sql: String) throws(Failure) -> Statement {
            let statement = Statement(connection, name: name, sql: sql)
            // A full disk must not be the first time that ROLLBACK is prepared.
            try statement.prepareNow()
            return statement
        }
        begin = try statement("begin", "BEGIN IMMEDIATE")
        commit = try statement("commit", "COMMIT")
        rollback = try statement("rollback", "ROLLBACK")
        savepoint = try statement("savepoint", "SAVEPOINT job")
        release = try statement("release", "RELEASE job")
        rollbackJob = try statement("rollback_job", "ROLLBACK TO job")
    }

    func finalize() {
        for statement in [begin, commit, rollback, savepoint, release, rollbackJob] { statement.release() }
    }
}
