import SidestepModel
import TestSupport
import Testing

@testable import SidestepSQLite

@Suite("Usage that was recorded before it was kept by the hour")
struct UsageMigrationTests {
    /// The migration that makes the table.
    private static let version = 15

    @Test("is found in steps and recordings, as new usage would have been booked")
    func found() throws {
        let folder = temporaryFolder()
        defer { removeFolder(folder) }
        let connection = try Connection(path: folder + "/d.db", readOnly: false)
        try Migrations.apply(connection, from: 0, to: Self.version - 1)
        try connection.execute(
            """
            PRAGMA foreign_keys = OFF;
            INSERT INTO run (key, id, user_id, generation, uid, workflow, status, attempt, interruptions,
                max_interruptions, epoch, refuses_mismatch, created_at, updated_at)
            VALUES (1, 'r', 1000, 1, 'u', 'w', 'queued', 1, 0, 3, 1, 0, 0, 0);
            """)
        for (step, usage) in [
            (1, #"{"model":"m","tokens":5,"requests":2}"#), (2, #"{"model":"m","tokens":1,"note":"x"}"#),
            (3, nil),
        ] {
            let usage = usage.map { "'\($0)'" } ?? "NULL"
            try connection.execute(
                """
                INSERT INTO step (key, run, name, status, attempt, failures, at_most_once, interrupted, first_begun_at,
                    begun_at, finished_at, sequence, usage)
                VALUES (\(step), 1, 's\(step)', 'completed', 1, 0, 0, 0, 0, 0, 7200001, \(step), \(usage));
                """)
        }
        try connection.execute(
            """
            INSERT INTO recording (key, run, number, call, recorder, epoch, state, upstream, http_method, path, keys,
                model, stream, request_shared, request_depth, tries, started_at, completed_at, sequence)
            VALUES (1, 1, 1, 'c', 'r', 1, 'failed', 'u', 'POST', '/', '[]', 'n', 0, 0, 0, 1, 0, 3600000, 9);
            """)
        try Migrations.apply(connection, from: Self.version - 1, to: Self.version)
        let rows = try Statement(
            connection, name: "rows",
            sql: """
                SELECT hour || ' ' || workflow || ' ' || model || ' ' || name || ' ' || amount
                FROM usage_hour ORDER BY 1
                """
        ).all { $0.string() }
        #expect(rows == ["1 w n requests 1", "2 w m requests 3", "2 w m tokens 6"])
    }
}
