import SidestepModel
import TestSupport
import Testing

@testable import SidestepSQLite

@Suite struct QueryPlanTests {
    /// Statements that may walk a table, each with its reason.
    static let allowedScans: [String: String] = [
        "run_counts": "one walk over a covering index, for `system.info`",
        "memory_count": "one walk over a covering index, for `system.stats`",
        "retention_list": "a handful of rules",
        "limit_list": "limits are few, and all are asked for",
        "breaker_list": "breakers are few, and all are asked for",
        "fork_sharing": "walks the forks that the recursion found, by their key",
        "step_usage": "walks the runs that the recursion found, by their key",
        "step_counts": "walks the counts of the rare statuses, seven at most",
        "shift_steps": "walks the open steps, on the rare occasion that somebody sets the clock",
        "shift_limits": "the same for limits, which are few",
        "shift_queues": "the same for queues, which are few",
        "shift_breakers": "the same for breakers, which are few",
        "shift_deliveries": "the same for deliveries that wait to be sent",
        "queue_list": "queues are few, and all are asked for",
        "budget_out_of_time": "walks the partial index of running runs that have a budget of wall time",
        "chore_first": "chores are few: one for each thing that is being removed",
        "chore_unfinished": "the same, once at start",
        "webhook_list_all": "webhooks are few, and looked at when letters are to be sent",
        "delivery_pending": "counts what its inner statement found, at most the limit",
        "execution_running": "walks the executions, which are those of open steps",
        "act_forget": "walks the oldest lines by their number, at most the limit",
        "queue_before": "counts what its inner statement found, at most its limit",
        "journal_newest": "groups what its inner statement found, at most its limit",
        "recording_block_has_plain": "looks at the first entry of a partial index",
        "step_by_status": "walks the partial index of open steps, which are few",
    ]

    @Test("no statement scans a table, but for those that are listed with their reason, and those do")
    func noScans() throws {
        let folder = temporaryFolder()
        defer { removeFolder(folder) }
        let connection = try DatabaseFile.open(folder + "/sidestep.db")
        let library = StatementLibrary()
        let scanning = try library.names.filter { name in
            try plan(of: library.sql(name), on: connection).contains(where: Self.isScan)
        }
        #expect(Set(scanning) == Set(Self.allowedScans.keys))
    }

    private static func isScan(_ line: String) -> Bool {
        line.hasPrefix("SCAN") && !line.contains("VIRTUAL TABLE") && !line.contains("CONSTANT ROW")
    }

    /// What the way of a step, a wait and a checkpoint writes.
    static let oftenWritten = [
        "run_insert", "run_update", "step_insert", "step_add", "step_update", "wait_insert", "signal_insert",
        "signal_consume", "promise_insert", "promise_settle", "checkpoint_insert", "journal_append",
        "stream_append", "execution_insert", "delivery_insert", "delivery_update",
    ]

    @Test(
        "what is written often builds no passing table, as IN with three words or RETURNING does",
        arguments: oftenWritten)
    func noPassingTables(_ name: String) throws {
        let folder = temporaryFolder()
        defer { removeFolder(folder) }
        let connection = try DatabaseFile.open(folder + "/sidestep.db")
        let sql = "EXPLAIN " + StatementLibrary().sql(name)
        let operations = try Statement(connection, name: "program", sql: sql).all { row in
            _ = row.integer()
            return row.string()
        }
        #expect(operations.contains { $0 == "Insert" || $0 == "IdxInsert" })
        #expect(!operations.contains("OpenEphemeral"))
    }

    @Test("what is remembered is found by the range of its namespace, and sorted without its values")
    func memories() throws {
        let folder = temporaryFolder()
        defer { removeFolder(folder) }
        let connection = try DatabaseFile.open(folder + "/sidestep.db")
        let library = StatementLibrary()
        for name in ["memory_newest", "memory_namespaces", "memory_clear"] {
            let lines = try plan(of: library.sql(name), on: connection)
            let isRange = lines.contains {
                $0.contains("memory_namespace_path (user_id=? AND path>? AND path<?)")
            }
            #expect(isRange, "\(name): \(lines)")
        }
        let search = try plan(of: library.sql("memory_newest"), on: connection)
        let isCovered = search.contains { $0.contains("COVERING INDEX memory_updated (namespace=?)") }
        #expect(isCovered, "\(search)")
    }

    private func plan(of sql: String, on connection: Connection) throws -> [String] {
        let statement = Statement(connection, name: "plan", sql: "EXPLAIN QUERY PLAN " + sql)
        return try statement.all { row in
            for _ in 0..<3 { _ = row.integer() }
            return row.string()
        }
    }
}
