import Glibc

/// Cuts a stream of bytes into lines, never keeping more than one line's limit.
struct LineSplitter {
    enum Piece: Equatable {
        case line([UInt8])
        /// A long line in its parts: putting it together and reading it takes longer than a loop should.
        case long([[UInt8]])
        /// A line past the limit; its bytes are skipped.
        case tooLong
    }

    /// Lines of more bytes are long. Checking one of this size and making a call of it takes the loop about a
    /// fifth of a millisecond, as much as thirty small calls.
    static let longBytes = 128 << 10
    /// Bytes of a part: what a growing array copies stays small, however long the line is.
    private static let partBytes = 256 << 10

    private let limit: Int
    private var parts: [[UInt8]] = []
    private var partial: [UInt8] = []
    /// Bytes of the line that is not whole yet.
    private(set) var kept = 0
    private var isBlank = true
    /// Whether the rest of a line is being skipped.
    private var isSkipping = false

    init(limit: Int) { self.limit = limit }

    /// Takes bytes up to the end of the next line that says something, or all of them.
    mutating func next(_ bytes: inout UnsafeRawBufferPointer) -> Piece? {
        while !bytes.isEmpty {
            let newline = Self.newline(in: bytes)
            let end = newline ?? bytes.count
            let isTaken = take(bytes[..<end])
            bytes = UnsafeRawBufferPointer(rebasing: bytes[(newline.map { $0 + 1 } ?? end)...])
            let piece = newline == nil ? nil : finishLine()
            if !isTaken { return .tooLong }
            if let piece { return piece }
        }
        return nil
    }

    /// memchr(3) looks at a register's width at a time, which is ten times as fast as byte by byte.
    private static func newline(in bytes: UnsafeRawBufferPointer) -> Int? {
        guard let start = bytes.baseAddress, let found = memchr(start, 0x0a, bytes.count) else { return nil }
        return start.distance(to: found)
    }

    /// The stream has ended: what has no newline is a line all the same (`printf '{…}' | socat`).
    mutating func end() -> Piece? { finishLine() }

    /// Drops what came of a line, and skips its rest.
    mutating func giveUp() {
        drop()
        isSkipping = true
    }

    /// False when these bytes make the line too long.
    private mutating func take(_ bytes: Slice<UnsafeRawBufferPointer>) -> Bool {
        if isSkipping || bytes.isEmpty { return true }
        guard kept + bytes.count <= limit else {
            giveUp()
            return false
        }
        // Empty lines say nothing and get no answer; terminals and heredocs send them.
        if isBlank { isBlank = bytes.allSatisfy { $0 == 0x20 || $0 == 0x0d || $0 == 0x09 } }
        kept += bytes.count
        partial.append(contentsOf: bytes)
        if partial.count >= Self.partBytes {
            parts.append(partial)
            partial = []
        }
        return true
    }

    private mutating func finishLine() -> Piece? {
        defer { drop() }
        if isSkipping {
            isSkipping = false
            return nil
        }
        if isBlank { return nil }
        return kept <= Self.longBytes ? .line(partial) : .long(parts + [partial])
    }

    private mutating func drop() {
        parts = []
        partial = []
        kept = 0
        isBlank = true
    }
}
