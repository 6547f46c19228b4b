import Glibc
import Sidestep

/// What a program leaves in the world, as far as the user named it.
struct Effects: Equatable {
    /// A name and its contents; nil for a file that is not there.
    private(set) var parts: [(name: String, bytes: [UInt8]?)]

    static func == (left: Effects, right: Effects) -> Bool {
        left.parts.elementsEqual(right.parts) { $0.name == $1.name && $0.bytes == $1.bytes }
    }

    /// Looks at files and at what commands print.
    init(files: [String], checks: [String]) {
        parts = files.map { ($0, Self.contents(of: $0)) } + checks.map { ("`\($0)`", Self.output(of: $0)) }
    }

    /// Where these differ from what is right, in one sentence; nil when they are the same.
    func difference(from right: Effects) -> String? {
        for (mine, other) in zip(parts, right.parts) where mine.bytes != other.bytes {
            guard let wrong = mine.bytes else { return "\(mine.name) is missing" }
            guard let wanted = other.bytes else { return "\(mine.name) is there and should not be" }
            return "\(mine.name)" + Self.firstDifference(Self.lines(wrong), Self.lines(wanted))
        }
        return nil
    }

    /// What there is, for the report.
    var summary: String {
        parts.map { part in
            "\(part.name) " + (part.bytes.map { "\(Self.lines($0).count) lines" } ?? "is not there")
        }.joined(separator: ", ")
    }

    private static func firstDifference(_ wrong: [String], _ wanted: [String]) -> String {
        let count = wrong.count == wanted.count ? "" : " has \(wrong.count) lines instead of \(wanted.count);"
        let place = zip(wrong, wanted).enumerated().first { $0.element.0 != $0.element.1 }
        if let (index, (mine, other)) = place.map({ ($0.offset, $0.element) }) {
            return "\(count) line \(index + 1) is \(quoted(mine)) instead of \(quoted(other))"
        }
        let extra = wrong.count > wanted.count
        let line = extra ? wrong[wanted.count] : wanted[wrong.count]
        return
            "\(count) line \(min(wrong.count, wanted.count) + 1) \(quoted(line)) is \(extra ? "too many" : "missing")"
    }

    private static func quoted(_ line: String) -> String { "\"\(line.prefix(60))\"" }

    private static func lines(_ bytes: [UInt8]) -> [String] {
        let lines = bytes.split(separator: 10, omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
        return lines.last == "" ? lines.dropLast() : lines
    }

    private static func contents(of path: String) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        return readAll(file)
    }

    private static func output(of command: String) -> [UInt8]? {
        guard let stream = popen(command, "r") else { return nil }
        let bytes = readAll(fileno(stream))
        let status = pclose(stream)
        return bytes + (status == 0 ? [] : Array("(status \(status >> 8 & 0xFF))\n".utf8))
    }

    private static func readAll(_ file: Int32) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while case let count = read(file, &chunk, chunk.count), count > 0 { bytes += chunk[..<count] }
        return bytes
    }
}
