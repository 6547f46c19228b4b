import CSQLite
import SidestepModel

/// A prepared statement, kept for the life of its connection.
///
/// It is prepared when it is first used: a connection has hundreds, most of which a daemon never needs, and
/// preparing them all would take most of its start and a tenth of its memory.
final class Statement {
    let name: String
    private let sql: String
    private var prepared: OpaquePointer?
    private unowned let connection: Connection

    init(_ connection: Connection, name: String, sql: String) {
        self.name = name
        self.sql = sql
        self.connection = connection
    }

    /// Finds out whether SQLite understands it.
    func prepareNow() throws(Failure) { _ = try begin() }

    /// What takes its parameters: it is prepared, and has none yet.
    func begin() throws(Failure) -> Binding {
        if let prepared { return Binding(prepared) }
        let code = sqlite3_prepare_v3(
            connection.handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil)
        guard code == SQLITE_OK, let prepared else { throw connection.failure(code, "prepare \(name)") }
        return Binding(prepared)
    }

    deinit { release() }

    /// Gives back what it has of its connection, which cannot be closed before.
    func release() {
        sqlite3_finalize(prepared)
        prepared = nil
    }

    /// Executes a statement that returns no row; answers how many rows it changed.
    @discardableResult
    func run<each Value: ColumnValue>(_ values: repeat each Value) throws(Failure) -> Int {
        var binding = try begin()
        repeat (each values).bind(&binding)
        return try change(binding)
    }

    /// The same with parameters that are bound.
    func change(_ binding: Binding) throws(Failure) -> Int {
        try each(binding) { _ in false }
        return Int(sqlite3_changes(sqlite3_db_handle(binding.handle)))
    }

    /// The same with parameters whose number is known only now.
    func run(list values: [any ColumnValue]) throws(Failure) -> Int {
        var binding = try begin()
        for value in values { value.bind(&binding) }
        return try change(binding)
    }

    /// The first row, read by `read`; nil when there is none.
    func first<each Value: ColumnValue, T>(
        _ values: repeat each Value, read: (inout Row) -> T
    ) throws(Failure) -> T? {
        var binding = try begin()
        repeat (each values).bind(&binding)
        var result: T?
        try each(binding) { row in
            result = read(&row)
            return false
        }
        return result
    }

    /// Whether there is a row.
    func hasRow<each Value: ColumnValue>(_ values: repeat each Value) throws(Failure) -> Bool {
        try first(repeat each values) { _ in true } ?? false
    }

    /// All rows, read by `read`.
    func all<each Value: ColumnValue, T>(
        _ values: repeat each Value, read: (inout Row) -> T
    ) throws(Failure) -> [T] {
        var result: [T] = []
        try each(repeat each values) { row in
            result.append(read(&row))
            return true
        }
        return result
    }

    /// Executes and hands row after row to `body` until it answers false.
    func each<each Value: ColumnValue>(
        _ values: repeat each Value, body: (inout Row) -> Bool
    ) throws(Failure) {
        var binding = try begin()
        repeat (each values).bind(&binding)
        try each(binding, body)
    }

    /// The same with parameters whose number is known only now.
    func each(list values: [any ColumnValue], body: (inout Row) -> Bool) throws(Failure) {
        var binding = try begin()
        for value in values { value.bind(&binding) }
        try each(binding, body)
    }

    private func each(_ binding: Binding, _ body: (inout Row) -> Bool) throws(Failure) {
        if binding.large.isEmpty { return try step(binding.handle, body) }
        try binding.lending { () throws(Failure) in try step(binding.handle, body) }
    }

    private func step(_ handle: OpaquePointer, _ body: (inout Row) -> Bool) throws(Failure) {
        defer {
            sqlite3_reset(handle)
            sqlite3_clear_bindings(handle)
        }
        while true {
            let code = sqlite3_step(handle)
            if code == SQLITE_DONE { return }
            guard code == SQLITE_ROW else { throw connection.failure(code, name) }
            var row = Row(handle)
            guard body(&row) else {
                // RETURNING and LIMIT-less reads: a write has to run to its end, a read may stop here.
                if sqlite3_stmt_readonly(handle) == 0 { continue }
                return
            }
        }
    }
}
