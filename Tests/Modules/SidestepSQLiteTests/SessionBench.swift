import SidestepModel
import SidestepStore
import TestSupport
import Testing

@testable import SidestepSQLite

/// Runs `body` with a session over a fresh database that has one run of this epoch.
func withRun(epoch: Int64, _ body: (_ session: SQLiteSession, _ run: Int64) throws -> Void) throws {
    let folder = temporaryFolder()
    defer { removeFolder(folder) }
    let session = try SQLiteSession(DatabaseFile.open(folder + "/sidestep.db"), StatementLibrary())
    var run = RunRecord(
        key: 0, id: "r", userID: 1, generation: 1, uid: "u", workflow: "w", now: Instant(milliseconds: 0))
    run.epoch = epoch
    try body(session, session.insertRun(run, input: nil))
}
