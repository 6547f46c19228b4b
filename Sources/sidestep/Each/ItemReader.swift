import Glibc
import Sidestep

/// Cuts standard input into lines as they come: the first is worked on before the last is written.
struct ItemReader {
    /// What stands between two lines: a newline, or NUL.
    let separator: UInt8
    private(set) var hasEnded = false
    private var buffer: [UInt8] = []
    /// Bytes of `buffer` already handed out, and already searched for the separator.
    private var start = 0
    private var searched = 0

    init(separator: UInt8) { self.separator = separator }

    /// Bytes of a line at most; execve(2) takes less for an argument.
    private static let longest = 1 << 20

    /// The next line that is not empty, without its separator; nil when none was read.
    mutating func next() throws -> [UInt8]? {
        while let end = buffer[searched...].firstIndex(of: separator) {
            defer { (start, searched) = (end + 1, end + 1) }
            if end > start { return Array(buffer[start..<end]) }
        }
        searched = buffer.count
        guard buffer.count - start <= Self.longest else { throw Self.tooLong }
        guard hasEnded, start < buffer.count else { return nil }
        // The last line may have no end.
        defer { (buffer, start, searched) = ([], 0, 0) }
        return Array(buffer[start...])
    }

    /// Reads what is there, waiting for at least one byte.
    mutating func readMore() throws {
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        let count = read(0, &chunk, chunk.count)
        if count < 0 && (errno == EINTR || errno == EAGAIN) { return }
        guard count >= 0 else {
            throw SidestepError(
                .invalidArgument, "the lines cannot be read: \(String(cString: strerror(errno)))",
                hint: "give them on standard input: … | sidestep each NAME -- command {}")
        }
        hasEnded = count == 0
        buffer.removeFirst(start)
        (start, searched) = (0, searched - start)
        buffer += chunk[..<count]
    }

    private static let tooLong = SidestepError(
        .payloadTooLarge, "a line has more than \(longest) bytes",
        hint:
            "lines end with a newline, or with NUL under --null; write large things into files, and name these"
    )
}
