import CSQLite
import SidestepModel

/// Rows of runs that are held, as they stand in the database: a step asks for its run's each time, and it seldom
/// changes.
///
/// SQLite itself says which row is written, whatever statement does it (sqlite3_update_hook, which tells of triggers
/// and of actions of foreign keys, too). Only the connection that writes keeps rows: nobody else changes any.
final class KeptRuns {
    /// More rows than this are not kept; who holds more runs at once reads them again.
    static let limit = 4096
    /// A row with more bytes of metadata and retry policy is not kept.
    static let largeBytes = 4096

    private var rows: [Int64: RunRecord] = [:]
    /// The keys of the runs that a connection holds, as far as they were asked for.
    private var held: [Int64: (keys: [Int64], limit: Int)] = [:]
    /// Whether the transaction that is open has written a run: what was read since may be undone.
    private var hasWritten = false

    /// Begins to hear of changes. The connection may not be closed before this is gone.
    func watch(_ connection: Connection) {
        sqlite3_update_hook(
            connection.handle,
            { context, _, _, table, row in
                guard let context, let table, KeptRuns.isRun(table) else { return }
                Unmanaged<KeptRuns>.fromOpaque(context).takeUnretainedValue().changed(row)
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    private static func isRun(_ table: UnsafePointer<CChar>) -> Bool {
        table[0] == 0x72 && table[1] == 0x75 && table[2] == 0x6e && table[3] == 0
    }

    /// Who holds what may be another thing now; of the rows, one is.
    private func changed(_ key: Int64) {
        hasWritten = true
        rows[key] = nil
        if !held.isEmpty { held = [:] }
    }

    subscript(key: Int64) -> RunRecord? { rows[key] }

    func keep(_ run: RunRecord) {
        let bytes = (run.metadata?.count ?? 0) + (run.retry?.count ?? 0)
        guard run.lease != nil, bytes <= Self.largeBytes else { return }
        if rows.count >= Self.limit { rows = [:] }
        rows[run.key] = run
    }

    /// The keys of the runs that a connection holds, so many at most; nil when that is not known.
    func keys(heldBy session: Int64, limit: Int) -> [Int64]? {
        guard let known = held[session], known.limit == limit else { return nil }
        return known.keys
    }

    /// - Parameter limit: how many were asked for: there may be more.
    func keep(_ keys: [Int64], heldBy session: Int64, limit: Int) {
        // Whoever closes a connection asks for thousands, once.
        guard keys.count <= 2 else { return }
        if held.count >= Self.limit { held = [:] }
        held[session] = (keys, limit)
    }

    /// The transaction was committed: all that was read in it stands.
    func committed() { hasWritten = false }

    /// The transaction, or a part of it, was undone.
    func rolledBack() {
        guard hasWritten else { return }
        forget()
    }

    /// Forgets all.
    func forget() { (rows, held) = ([:], [:]) }
}
