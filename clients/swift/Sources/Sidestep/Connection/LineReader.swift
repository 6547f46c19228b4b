import SidestepLibC

/// Cuts the bytes of a socket into lines.
struct LineReader {
    private let socket: UnixSocket
    private var buffer: [UInt8] = []
    /// Bytes of `buffer` already handed out.
    private var start = 0
    /// Bytes of `buffer` already searched for a newline, so that a long line is searched once.
    private var searched = 0
    private var chunk = [UInt8](repeating: 0, count: 64 << 10)

    init(_ socket: UnixSocket) { self.socket = socket }

    /// A line of so many bytes is handed over with the buffer that it is in: it is not copied.
    private static let large = 64 << 10

    /// The next line without its newline, or nil when the peer closed.
    mutating func next() throws(SystemError) -> ArraySlice<UInt8>? {
        while true {
            if let line = buffered() { return line }
            guard try readMore() else { return nil }
        }
    }

    /// Whether a whole line was read and not handed out.
    var hasLine: Bool { indexOfNewline() != nil }

    /// The next line of what was read; nil when none is whole.
    mutating func buffered() -> ArraySlice<UInt8>? {
        guard let newline = indexOfNewline() else {
            searched = buffer.count
            return nil
        }
        let place = start..<newline
        if place.count >= Self.large { return handOver(place) }
        start = newline + 1
        searched = start
        return Array(buffer[place])[...]
    }

    private mutating func handOver(_ place: Range<Int>) -> ArraySlice<UInt8> {
        let line = buffer[place]
        buffer = Array(buffer[(place.upperBound + 1)...])
        (start, searched) = (0, 0)
        return line
    }

    private func indexOfNewline() -> Int? {
        buffer.withUnsafeBytes { bytes in
            guard searched < bytes.count, let base = bytes.baseAddress else { return nil }
            return memchr(base + searched, 10, bytes.count - searched).map { UnsafeRawPointer($0) - base }
        }
    }

    /// Reads what is there, waiting for at least one byte; false when the peer closed.
    mutating func readMore() throws(SystemError) -> Bool {
        if start > 0 {
            buffer.removeFirst(start)
            searched -= start
            start = 0
        }
        let count = try readChunk()
        buffer.append(contentsOf: chunk[..<count])
        return count > 0
    }

    private mutating func readChunk() throws(SystemError) -> Int {
        let socket = socket
        var failure: SystemError?
        let count = chunk.withUnsafeMutableBytes { bytes in
            do throws(SystemError) { return try socket.read(into: bytes) } catch {
                failure = error
                return 0
            }
        }
        if let failure { throw failure }
        return count
    }
}
