import SidestepModel
import TestSupport
import Testing

@testable import SidestepSQLite

@Suite("Runs that were there before they were counted")
struct CountMigrationTests {
    /// The migration that makes the table.
    private static let version = 18

    @Test("are counted by user, those of nobody apart")
    func counted() throws {
        let folder = temporaryFolder()
        defer { removeFolder(folder) }
        let connection = try Connection(path: folder + "/d.db", readOnly: false)
        try Migrations.apply(connection, from: 0, to: Self.version - 1)
        for (key, user) in [(1, 1000), (2, 1000), (3, 1001), (4, 4_294_967_295)] {
            try connection.execute(
                """
                INSERT INTO run (key, id, user_id, generation, uid, workflow, status, attempt, interruptions,
                    max_interruptions, epoch, refuses_mismatch, created_at, updated_at)
                VALUES (\(key), 'r\(key)', \(user), 1, 'u\(key)', 'w', 'queued', 1, 0, 3, 1, 0, 0, 0);
                """)
        }
        try Migrations.apply(connection, from: Self.version - 1, to: Self.version)
        try connection.execute(
            "UPDATE run SET user_id = 4294967295 WHERE key = 1; DELETE FROM run WHERE key = 3")
        let rows = try Statement(
            connection, name: "rows", sql: "SELECT user_id || ' ' || runs FROM run_count ORDER BY user_id"
        ).all { $0.string() }
        #expect(rows == ["1000 1", "1001 0", "4294967295 2"])
    }
}
