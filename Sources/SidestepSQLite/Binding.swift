import CSQLite
import SidestepModel

/// The parameters of a statement on their way into it, one after another.
///
/// SQLite copies bytes at once, for a pointer into a Swift array lives only as long as its closure; large ones are
/// kept here instead and lent to it while the statement runs.
struct Binding {
    /// From this size on a copy costs more than to do without.
    private static let largeBytes = 64 << 10

    enum Bytes {
        case text(Payload)
        case blob([UInt8])
    }

    let handle: OpaquePointer
    /// The number of the parameter that comes next.
    var next: Int32 = 1
    /// What is lent, by parameter.
    private(set) var large: [(parameter: Int32, bytes: Bytes)] = []

    init(_ handle: OpaquePointer) { self.handle = handle }

    /// What an unbound parameter is.
    mutating func null() { next += 1 }

    mutating func integer(_ number: Int64) {
        sqlite3_bind_int64(handle, next, number)
        next += 1
    }

    mutating func real(_ number: Double) {
        sqlite3_bind_double(handle, next, number)
        next += 1
    }

    mutating func string(_ text: String) {
        var text = text
        text.withUTF8 { copy($0) }
        next += 1
    }

    mutating func text(_ bytes: Payload) {
        if bytes.count > Self.largeBytes {
            large.append((next, .text(bytes)))
        } else {
            bytes.withUnsafeBufferPointer { copy($0) }
        }
        next += 1
    }

    mutating func blob(_ bytes: [UInt8]) {
        if bytes.count > Self.largeBytes {
            large.append((next, .blob(bytes)))
        } else {
            _ = bytes.withUnsafeBytes {
                sqlite3_bind_blob64(
                    handle, next, $0.baseAddress ?? UnsafeRawPointer(Self.empty), UInt64($0.count),
                    sqliteTransient)
            }
        }
        next += 1
    }

    private func copy(_ bytes: UnsafeBufferPointer<UInt8>) {
        bytes.withMemoryRebound(to: CChar.self) { text in
            _ = sqlite3_bind_text64(
                handle, next, text.baseAddress ?? Self.empty, UInt64(text.count), sqliteTransient,
                UInt8(SQLITE_UTF8))
        }
    }

    /// Runs `body` while SQLite has the large values, of which it makes no copy.
    func lending(_ body: () throws(Failure) -> Void) throws(Failure) { try lend(large[...], body) }

    private func lend(
        _ values: ArraySlice<(parameter: Int32, bytes: Bytes)>, _ body: () throws(Failure) -> Void
    ) throws(Failure) {
        guard let (parameter, bytes) = values.first else { return try body() }
        switch bytes {
        case .text(let bytes):
            try bytes.withUnsafeBufferPointer { (bytes) throws(Failure) in
                let text = UnsafeRawBufferPointer(bytes).bindMemory(to: CChar.self)
                sqlite3_bind_text64(
                    handle, parameter, text.baseAddress, UInt64(text.count), nil, UInt8(SQLITE_UTF8))
                try lend(values.dropFirst(), body)
            }
        case .blob(let bytes):
            try bytes.withUnsafeBufferPointer { (bytes) throws(Failure) in
                sqlite3_bind_blob64(handle, parameter, bytes.baseAddress, UInt64(bytes.count), nil)
                try lend(values.dropFirst(), body)
            }
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
