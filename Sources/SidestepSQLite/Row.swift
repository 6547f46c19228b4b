import CSQLite
import SidestepModel

/// The current row, read column after column.
struct Row {
    private let handle: OpaquePointer
    private var column: Int32 = 0
    /// Bytes of texts and blobs that were read from it.
    private(set) var taken = 0

    /// The name of the column that comes next.
    var name: String { sqlite3_column_name(handle, column).map { String(cString: $0) } ?? "" }

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

    mutating func user() -> UserID {
        UserID(truncating: integer())
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
        let count = Int(sqlite3_column_bytes(handle, column))
        taken += count
        return body(UnsafeRawBufferPointer(start: start, count: count))
    }

    var isNull: Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

    mutating func skip<T>() -> T? {
        column += 1
        return nil
    }
}
