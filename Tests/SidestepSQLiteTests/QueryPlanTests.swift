import SidestepModel
import TestSupport
import Testing

@testable import SidestepSQLite

@Suite struct QueryPlanTests {
    /// Statements that may walk a table, each with its reason.
    static let allowedScans: [String: String] = [
        "run_counts": "one walk over a covering index, for `system.info`",
        "retention_list": "a handful of rules",
        "limit_list": "limits are few, and all are asked for",
        "breaker_list": "breakers are few, and all are asked for",
        "step_usage": "walks the runs that the recursion found, by their key",
        "shift_steps": "walks the open steps, on the rare occasion that somebody sets the clock",
        "shift_starts": "the same for runs that wait for their time",
        "shift_start_deadlines": "the same for runs that have to be claimed in time",
        "shift_cancels": "the same for runs that were asked to end",
        "shift_limits": "the same for limits, which are few",
        "shift_queues": "the same for queues, which are few",
        "shift_breakers": "the same for breakers, which are few",
        "shift_deliveries": "the same for deliveries that wait to be sent",
        "queue_list": "queues are few, and all are asked for",
        "webhook_list_all": "webhooks are few, and looked at when letters are to be sent",
        "delivery_pending": "counts what its inner statement found, at most the limit",
        "run_next_expiry": "the first entry of a partial index",
        "step_next_deadline": "the first entry of a partial index",
        "execution_running": "walks the executions, which are those of open steps",
        "execution_next": "the first entry of a partial index",
        "step_by_status": "walks the partial index of open steps, which are few",
    ]

    @Test("no statement scans a table, but for those that are listed with their reason")
    func noScans() throws {
        let folder = temporaryFolder()
        defer { removeFolder(folder) }
        let connection = try DatabaseFile.open(folder + "/sidestep.db")
        let library = StatementLibrary()
        for name in library.names {
            let plan = try plan(of: library.sql(name), on: connection)
            let scans = plan.filter {
                $0.hasPrefix("SCAN") && !$0.contains("VIRTUAL TABLE") && !$0.contains("CONSTANT ROW")
            }
            if Self.allowedScans[name] != nil { continue }
            #expect(scans.isEmpty, "\(name): \(plan)")
        }
    }

    @Test("every listed scan is still a statement that scans")
    func listIsCurrent() throws {
        let names = Set(StatementLibrary().names)
        for name in Self.allowedScans.keys { #expect(names.contains(name), "\(name) is no statement") }
    }

    /// What the way of a step, a wait and a checkpoint writes.
    static let oftenWritten = [
        "run_insert", "run_update", "step_insert", "step_update", "wait_insert", "signal_insert",
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

    private func plan(of sql: String, on connection: Connection) throws -> [String] {
        let statement = Statement(connection, name: "plan", sql: "EXPLAIN QUERY PLAN " + sql)
        return try statement.all { row in
            for _ in 0..<3 { _ = row.integer() }
            return row.string()
        }
    }
}
