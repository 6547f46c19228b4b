import Glibc

/// Cuts what is read from a descriptor into lines; each keeps its newline.
struct LineBuffer {
    private var bytes: [UInt8] = []
    private var start = 0
    /// Searched for a newline up to here, so that a long line is searched once.
    private var searched = 0
    private var chunk = [UInt8](repeating: 0, count: 64 << 10)

    /// Reads what is there; false at the end, or when it cannot be read.
    mutating func fill(from descriptor: Int32) -> Bool {
        let count = read(descriptor, &chunk, chunk.count)
        if count < 0 { return errno == EINTR || errno == EAGAIN }
        bytes += chunk[..<count]
        return count > 0
    }

    /// The next line; nil when none is whole.
    mutating func next() -> [UInt8]? {
        guard let newline else {
            if start > 0 {
                bytes.removeFirst(start)
                start = 0
            }
            searched = bytes.count
            return nil
        }
        defer { (start, searched) = (newline + 1, newline + 1) }
        return Array(bytes[start...newline])
    }

    private var newline: Int? {
        bytes.withUnsafeBytes { bytes in
            guard searched < bytes.count, let base = bytes.baseAddress else { return nil }
            return memchr(base + searched, 0x0A, bytes.count - searched).map { UnsafeRawPointer($0) - base }
        }
    }

    /// What stands after the last newline: at the end it is passed on, too.
    mutating func rest() -> [UInt8] {
        defer { (bytes, start, searched) = ([], 0, 0) }
        return Array(bytes[start...])
    }
}

/// Bytes on their way to a descriptor that takes them when it likes.
struct WriteQueue {
    /// What a pipe takes at once when poll(2) says that it takes something: PIPE_BUF of pipe(7). The descriptor is
    /// others', too, so that it is not made non-blocking.
    private static let piece = 4096
    /// From here on nothing more is read that would go into it.
    private static let limit = 64 << 20

    private var lines: [[UInt8]] = []
    private var first = 0
    private var written = 0
    private var count = 0
    /// Whether whoever read it has gone.
    private(set) var isBroken = false

    var isEmpty: Bool { count == 0 }
    var isFull: Bool { count > Self.limit }

    mutating func append(_ line: [UInt8]) {
        guard !isBroken, !line.isEmpty else { return }
        lines.append(line)
        count += line.count
    }

    /// Writes a piece, when poll(2) says that there is room.
    mutating func write(to descriptor: Int32) {
        guard first < lines.count else { return }
        let line = lines[first]
        let end = min(line.count, written + Self.piece)
        let done = line[written..<end].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        if done < 0 {
            if errno != EINTR && errno != EAGAIN { give(up: true) }
            return
        }
        written += done
        count -= done
        guard written == line.count else { return }
        written = 0
        lines[first] = []
        first += 1
        if first == lines.count { (lines, first) = ([], 0) }
    }

    private mutating func give(up: Bool) {
        isBroken = up
        (lines, first, written, count) = ([], 0, 0, 0)
    }
}
