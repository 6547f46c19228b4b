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

    /// The date that a text stands for, with fractions or without; nil for another text.
    static func date(of text: String) -> Date? {
        for hasFraction in [false, true] {
            let style = Date.ISO8601FormatStyle(includingFractionalSeconds: hasFraction)
            if let date = try? style.parse(text) { return date }
        }
        return nil
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
