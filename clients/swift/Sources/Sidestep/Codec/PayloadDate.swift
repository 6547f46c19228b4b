import FoundationEssentials
import SidestepProtocol

/// Dates as texts: ISO 8601 in UTC, with milliseconds where there are some.
///
/// A date has finer fractions than a millisecond; what is recorded has not, so the same date comes back from the first
/// execution and from every replay.
enum PayloadDate {
    static func text(of date: Date) -> String {
        let milliseconds = (date.timeIntervalSince1970 * 1000).rounded()
        // A tenth more, for the format cuts off what a floating number misses.
        let rounded = Date(timeIntervalSince1970: (milliseconds + 0.1) / 1000)
        let hasFraction = milliseconds.truncatingRemainder(dividingBy: 1000) != 0
        return rounded.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: hasFraction))
    }

    /// The date that a text stands for, with any offset and with fractions or without; nil for another text.
    static func date(of text: String) -> Date? {
        var reader = DateReader(text)
        return reader.read().map { Date(timeIntervalSince1970: Double($0) / 1_000_000) }
    }
}

/// Reads a date and a time with an offset: RFC 3339.
private struct DateReader {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = Substring(text).utf8 }

    /// Microseconds since the epoch; what is finer is cut off.
    mutating func read() -> Int64? {
        guard let year = number(4), take("-"), let month = number(2, 1...12), take("-"),
            let day = number(2, 1...Self.length(of: month, year)), take("T") || take("t") || take(" "),
            let hour = number(2, 0...23), take(":"), let minute = number(2, 0...59), take(":"),
            let second = number(2, 0...60), let micros = fraction(), let offset = offset(), rest.isEmpty
        else { return nil }
        let minutes = (Self.days(year, month, day) * 24 + hour) * 60 + minute - offset
        return (minutes * 60 + second) * 1_000_000 + micros
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest.removeFirst()
        return true
    }

    private mutating func number(_ digits: Int, _ range: ClosedRange<Int64> = 0...9999) -> Int64? {
        let found = rest.prefix(digits)
        guard found.count == digits, found.allSatisfy(Self.isDigit) else { return nil }
        rest.removeFirst(digits)
        let value = found.reduce(Int64(0)) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
        return range.contains(value) ? value : nil
    }

    private mutating func fraction() -> Int64? {
        guard take(".") || take(",") else { return 0 }
        let digits = rest.prefix(while: Self.isDigit)
        guard !digits.isEmpty else { return nil }
        rest.removeFirst(digits.count)
        let six = digits.prefix(6).reduce(Int64(0)) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
        return (min(digits.count, 6)..<6).reduce(six) { value, _ in value * 10 }
    }

    /// Minutes east of Greenwich.
    private mutating func offset() -> Int64? {
        if take("Z") || take("z") { return 0 }
        let isWest = rest.first == UInt8(ascii: "-")
        guard take("-") || take("+"), let hours = number(2, 0...23) else { return nil }
        _ = take(":")
        guard let minutes = number(2, 0...59) else { return nil }
        return (hours * 60 + minutes) * (isWest ? -1 : 1)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func length(of month: Int64, _ year: Int64) -> Int64 {
        let isLeap = year % 4 == 0 && year % 100 != 0 || year % 400 == 0
        return switch month {
        case 2: isLeap ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970-01-01 in the calendar of Gregory, which is counted from the first of March.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let (year, month) = month > 2 ? (year, month - 3) : (year - 1, month + 9)
        let leaps = floor(year, 4) - floor(year, 100) + floor(year, 400)
        return year * 365 + leaps + (month * 153 + 2) / 5 + day - 1 - 719_468
    }

    private static func floor(_ number: Int64, _ divisor: Int64) -> Int64 {
        number >= 0 ? number / divisor : (number - divisor + 1) / divisor
    }
}

extension Date {
    /// Milliseconds since the epoch, as the protocol has moments.
    package var milliseconds: Int { Int(exactly: (timeIntervalSince1970 * 1000).rounded()) ?? .max }
}

extension RawJSON {
    /// The moment that a number of the protocol stands for.
    package var date: Date? { int.map { Date(timeIntervalSince1970: Double($0) / 1000) } }
}
