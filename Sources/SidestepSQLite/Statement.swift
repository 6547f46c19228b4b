import CSQLite
import SidestepModel

/// A value on its way into a statement.
enum SQLValue {
    case null
    case integer(Int64)
    case string(String)
    /// Bytes that SQLite stores as TEXT: JSON payloads, UTF-8 by the scanner's word.
    case text(Payload)
    case blob([UInt8])
    case real(Double)

    init(_ value: Int64?) { self = value.map(SQLValue.integer) ?? .null }
    init(_ value: Instant?) { self = value.map { .integer($0.milliseconds) } ?? .null }
    init(_ value: String?) { self = value.map(SQLValue.string) ?? .null }
    init(_ value: Payload?) { self = value.map(SQLValue.text) ?? .null }
    init(_ value: Bool) { self = .integer(value ? 1 : 0) }
    init(_ value: [UInt8]?) { self = value.map(SQLValue.blob) ?? .null }

    /// From this size on a copy costs more than to do without.
    fileprivate static let largeBytes = 64 << 10

    fileprivate var isLarge: Bool {
        switch self {
        case .text(let bytes): bytes.count > Self.largeBytes
        case .blob(let bytes): bytes.count > Self.largeBytes
        default: false
        }
    }
}

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
    func prepareNow() throws(Failure) { _ = try prepare() }

    private func prepare() throws(Failure) -> OpaquePointer {
        if let prepared { return prepared }
        let code = sqlite3_prepare_v3(
            connection.handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil)
        guard code == SQLITE_OK, let prepared else { throw connection.failure(code, "prepare \(name)") }
        return prepared
    }

    deinit { release() }

    /// Gives back what it has of its connection, which cannot be closed before.
    func release() {
        sqlite3_finalize(prepared)
        prepared = nil
    }

    /// Executes a statement that returns no row; answers how many rows it changed.
    @discardableResult
    func run(_ values: SQLValue...) throws(Failure) -> Int { try change(values) }

    /// The same with values that were put together elsewhere.
    func change(_ values: [SQLValue]) throws(Failure) -> Int {
        try each(values) { _ in false }
        return Int(sqlite3_changes(connection.handle))
    }

    /// The first row, read by `read`; nil when there is none.
    func first<T>(_ values: SQLValue..., read: (inout Row) -> T) throws(Failure) -> T? {
        var result: T?
        try each(values) { row in
            result = read(&row)
            return false
        }
        return result
    }

    /// Whether there is a row.
    func hasRow(_ values: SQLValue...) throws(Failure) -> Bool {
        var found = false
        try each(values) { _ in
            found = true
            return false
        }
        return found
    }

    /// All rows, read by `read`.
    func all<T>(_ values: SQLValue..., read: (inout Row) -> T) throws(Failure) -> [T] {
        var result: [T] = []
        try each(values) { row in
            result.append(read(&row))
            return true
        }
        return result
    }

    /// Executes and hands row after row to `body` until it answers false.
    func each(_ values: [SQLValue], _ body: (inout Row) -> Bool) throws(Failure) {
        let handle = try prepare()
        var hasLarge = false
        for index in values.indices where !bind(values[index], to: handle, Int32(index + 1)) {
            hasLarge = true
        }
        guard hasLarge else { return try step(handle, body) }
        let large = values.indices.filter { values[$0].isLarge }
        try stepBorrowing(large[...], of: values, handle, body)
    }

    /// Binds large values without a copy of them: their arrays are held until the statement is done.
    private func stepBorrowing(
        _ large: ArraySlice<Int>, of values: [SQLValue], _ handle: OpaquePointer,
        _ body: (inout Row) -> Bool
    ) throws(Failure) {
        guard let index = large.first else { return try step(handle, body) }
        let rest = large.dropFirst()
        switch values[index] {
        case .text(let bytes):
            try bytes.withUnsafeBufferPointer { (bytes) throws(Failure) in
                let text = UnsafeRawBufferPointer(bytes).bindMemory(to: CChar.self)
                sqlite3_bind_text64(
                    handle, Int32(index + 1), text.baseAddress, UInt64(text.count), nil, UInt8(SQLITE_UTF8))
                try stepBorrowing(rest, of: values, handle, body)
            }
        case .blob(let bytes):
            try bytes.withUnsafeBufferPointer { (bytes) throws(Failure) in
                sqlite3_bind_blob64(
                    handle, Int32(index + 1), bytes.baseAddress, UInt64(bytes.count), nil)
                try stepBorrowing(rest, of: values, handle, body)
            }
        default: preconditionFailure("only bytes are large")
        }
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

    /// SQLite copies the bytes at once: a pointer into a Swift array lives only as long as its closure.
    ///
    /// - Returns: false for a large value, which is not bound.
    private func bind(_ value: SQLValue, to handle: OpaquePointer, _ index: Int32) -> Bool {
        switch value {
        case .text(let bytes) where bytes.count > SQLValue.largeBytes: return false
        case .blob(let bytes) where bytes.count > SQLValue.largeBytes: return false
        case .null: break  // what an unbound parameter is
        case .integer(let number): sqlite3_bind_int64(handle, index, number)
        case .real(let number): sqlite3_bind_double(handle, index, number)
        case .string(var text): text.withUTF8 { bindText($0, to: handle, index) }
        case .text(let bytes): bytes.withUnsafeBufferPointer { bindText($0, to: handle, index) }
        case .blob(let bytes):
            _ = bytes.withUnsafeBytes {
                sqlite3_bind_blob64(
                    handle, index, $0.baseAddress ?? UnsafeRawPointer(Statement.empty), UInt64($0.count),
                    sqliteTransient)
            }
        }
        return true
    }

    private func bindText(
        _ bytes: UnsafeBufferPointer<UInt8>, to handle: OpaquePointer, _ index: Int32
    ) {
        bytes.withMemoryRebound(to: CChar.self) { text in
            _ = sqlite3_bind_text64(
                handle, index, text.baseAddress ?? Statement.empty, UInt64(text.count), sqliteTransient,
                UInt8(SQLITE_UTF8))
        }
    }

    /// An address for the empty text: SQLite takes a nil pointer for NULL.
    nonisolated(unsafe) private static let empty: UnsafePointer<CChar> = {
        let pointer = UnsafeMutablePointer<CChar>.allocate(capacity: 1)
        pointer.pointee = 0
        return UnsafePointer(pointer)
    }()
}

/// SQLITE_TRANSIENT, a macro that Swift does not import: SQLite copies the bytes at once.
nonisolated(unsafe) private let sqliteTransient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

/// The current row, read column after column.
struct Row {
    private let handle: OpaquePointer
    private var column: Int32 = 0

    init(_ handle: OpaquePointer) { self.handle = handle }

    mutating func integer() -> Int64 {
        defer { column += 1 }
        return sqlite3_column_int64(handle, column)
    }

    mutating func optionalInteger() -> Int64? {
        if isNull { return skip() }
        return integer()
    }

    mutating func bool() -> Bool { integer() != 0 }

    mutating func real() -> Double {
        defer { column += 1 }
        return sqlite3_column_double(handle, column)
    }

    mutating func instant() -> Instant { Instant(milliseconds: integer()) }

    mutating func optionalInstant() -> Instant? { optionalInteger().map(Instant.init(milliseconds:)) }

    mutating func string() -> String { withBytes { String(decoding: $0, as: UTF8.self) } }

    mutating func optionalString() -> String? {
        if isNull { return skip() }
        return string()
    }

    mutating func payload() -> Payload { ArraySlice(bytes()) }

    mutating func optionalPayload() -> Payload? {
        if isNull { return skip() }
        return payload()
    }

    mutating func optionalBytes() -> [UInt8]? {
        if isNull { return skip() }
        return bytes()
    }

    mutating func bytes() -> [UInt8] { withBytes(Array.init) }

    private mutating func withBytes<T>(_ body: (UnsafeRawBufferPointer) -> T) -> T {
        defer { column += 1 }
        let start = sqlite3_column_blob(handle, column)
        return body(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))))
    }

    private var isNull: Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

    private mutating func skip<T>() -> T? {
        column += 1
        return nil
    }
}
