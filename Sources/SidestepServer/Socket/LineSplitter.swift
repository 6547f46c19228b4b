import Glibc

/// Cuts a stream of bytes into lines, never keeping more than one line's limit.
struct LineSplitter {
    enum Piece: Equatable {
        case line([UInt8])
        /// A line past the limit; its bytes were skipped.
        case tooLong
    }

    private let limit: Int
    private var partial: [UInt8] = []
    /// Whether the rest of an over-long line is being skipped.
    private var isSkipping = false

    init(limit: Int) { self.limit = limit }

    /// Takes the next bytes; hands over every line that they complete.
    mutating func append(_ bytes: UnsafeRawBufferPointer, _ body: (Piece) -> Void) {
        var rest = bytes
        while let newline = Self.newline(in: rest) {
            take(rest[..<newline], body)
            finishLine(body)
            rest = UnsafeRawBufferPointer(rebasing: rest[(newline + 1)...])
        }
        take(rest[...], body)
    }

    /// memchr(3) looks at a register's width at a time, which is ten times as fast as byte by byte.
    private static func newline(in bytes: UnsafeRawBufferPointer) -> Int? {
        guard let start = bytes.baseAddress, let found = memchr(start, 0x0a, bytes.count) else { return nil }
        return start.distance(to: found)
    }

    /// The stream has ended: what has no newline is a line all the same (`printf '{…}' | socat`).
    mutating func end(_ body: (Piece) -> Void) {
        if !partial.isEmpty { finishLine(body) }
    }

    private mutating func take(_ bytes: Slice<UnsafeRawBufferPointer>, _ body: (Piece) -> Void) {
        if isSkipping || bytes.isEmpty { return }
        guard partial.count + bytes.count <= limit else {
            isSkipping = true
            partial = []
            return body(.tooLong)
        }
        partial.append(contentsOf: bytes)
    }

    private mutating func finishLine(_ body: (Piece) -> Void) {
        if isSkipping {
            isSkipping = false
            return
        }
        // An empty line says nothing and gets no answer; terminals and heredocs send them.
        if partial.contains(where: { $0 != 0x20 && $0 != 0x0d && $0 != 0x09 }) { body(.line(partial)) }
        partial = []
    }
}
