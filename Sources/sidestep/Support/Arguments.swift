import ArgumentParser
import Glibc
import Sidestep
import SidestepProtocol

/// JSON given on the command line; `-` reads it from standard input.
struct JSONArgument: ExpressibleByArgument {
    let value: RawJSON

    init(_ value: RawJSON) { self.value = value }

    init?(argument: String) {
        let text = argument == "-" ? StandardInput.all() : Array(argument.utf8)
        guard let value = try? RawJSON(parsing: text) else { return nil }
        self.value = value
    }
}

/// A span of time: `250ms`, `30s`, `5m`, `2h`, or plain seconds.
struct SpanArgument: ExpressibleByArgument {
    let duration: Duration
    private let text: String

    private static let units = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)]

    init?(argument: String) {
        let (unit, factor) = Self.units.first { argument.hasSuffix($0.0) } ?? ("", 1000)
        guard let number = Double(argument.dropLast(unit.count)), number.isFinite, number >= 0 else {
            return nil
        }
        let milliseconds = number * Double(factor)
        guard milliseconds < 1e15 else { return nil }
        duration = .milliseconds(Int(milliseconds))
        text = argument
    }

    var defaultValueDescription: String { text }

    var milliseconds: Int { duration.milliseconds }
}

/// A retry policy: a number of attempts, or a policy as JSON.
struct RetryArgument: ExpressibleByArgument {
    let json: RawJSON

    init?(argument: String) {
        if let count = Int(argument), count >= 0 {
            json = RetryPolicy.attempts(count).json
        } else if let policy = try? RawJSON(parsing: Array(argument.utf8)), policy.kind == .object {
            json = policy
        } else {
            return nil
        }
    }
}

/// How many in which time: `10/s`, `60/min`, `500/h`, `1000/d`, `5/250ms`.
struct RateArgument: ExpressibleByArgument {
    private static let units = [
        ("s", 1000), ("min", 60_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
    ]

    let json: RawJSON

    init?(argument: String) {
        let parts = argument.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, let count = Int(parts[0]), count > 0, let span = Self.span(parts[1]) else {
            return nil
        }
        json = .object { writer in
            writer.member("count", count)
            writer.member("per_ms", span)
        }
    }

    private static func span(_ text: String) -> Int? {
        if let unit = units.first(where: { $0.0 == text }) { return unit.1 }
        return SpanArgument(argument: text).flatMap { $0.milliseconds > 0 ? $0.milliseconds : nil }
    }

    /// The same, letting so many begin at once.
    func with(burst: Int?) -> RawJSON {
        guard let burst else { return json }
        return .object { writer in
            for member in json.members { writer.member(member.key, member.value) }
            writer.member("burst", burst)
        }
    }

    /// A rate of the daemon as this program reads it.
    static func text(_ rate: RawJSON?) -> String {
        guard let count = rate?["count"]?.int, let span = rate?["per_ms"]?.int else { return "" }
        let unit = units.first { $0.1 == span }?.0 ?? RelativeTime.span(span)
        return "\(count)/\(unit)"
    }
}

/// `name=value`.
struct TagArgument: ExpressibleByArgument {
    let name: String
    let value: String

    init?(argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty else { return nil }
        name = String(parts[0])
        value = String(parts[1])
    }
}

/// Exit statuses, separated by commas; none when it is empty.
struct StatusesArgument: ExpressibleByArgument {
    let statuses: Set<Int32>
    let text: String

    init?(argument: String) {
        let parts = argument.isEmpty ? [] : argument.split(separator: ",", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { UInt8($0) }
        guard numbers.count == parts.count else { return nil }
        (statuses, text) = (Set(numbers.map(Int32.init)), argument)
    }

    var defaultValueDescription: String { text }
}

/// The rights that files do not get, in octal: umask(2).
struct UmaskArgument: ExpressibleByArgument {
    let bits: mode_t

    init?(argument: String) {
        guard let bits = mode_t(argument, radix: 8), bits <= 0o777 else { return nil }
        self.bits = bits
    }

    private init(bits: mode_t) { self.bits = bits }

    /// Our own. It can only be read by being set.
    static var ours: UmaskArgument {
        let bits = umask(0o077)
        umask(bits)
        return UmaskArgument(bits: bits)
    }

    var text: String { String(bits, radix: 8) }
}

/// A file that is named on the command line.
enum InputFile {
    /// All bytes of a file; `-` is standard input.
    static func bytes(_ path: String) throws -> [UInt8] {
        if path == "-" { return StandardInput.all() }
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            throw SidestepError(
                .invalidArgument, "\(path) cannot be read: \(String(cString: strerror(errno)))",
                hint: "name a file that you may read, or - for standard input")
        }
        defer { close(file) }
        return StandardInput.all(of: file)
    }
}

/// The text on standard input.
enum StandardInput {
    static func all(of file: Int32 = 0) -> [UInt8] {
        var text: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = read(file, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return text }
            text += chunk[..<count]
        }
    }
}
