/// What is wrong with the text of a schedule, as one sentence.
public struct ScheduleError: Error, Sendable, Equatable {
    /// Names the part that is wrong and what may stand there, for whoever wrote it.
    public let message: String
}

extension CronRule {
    /// Reads five fields (minute, hour, day of the month, month, day of the week), or a name such as
    /// `@daily`.
    ///
    /// Fields hold `*`, numbers, names (`JAN`, `MON`), ranges, lists and steps; 7 is Sunday, too.
    ///
    /// - Throws: `ScheduleError` with a sentence that names the field.
    public init(_ text: String) throws(ScheduleError) {
        let words = text.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)
        if words.count == 1, words[0].hasPrefix("@") {
            guard let rule = Self.named[words[0].lowercased()] else {
                let names = Self.named.keys.sorted().joined(separator: ", ")
                throw ScheduleError(message: "there is no rule `\(words[0])`; there are \(names)")
            }
            try self.init(text: text, rule.split(separator: " ").map(String.init))
        } else {
            try self.init(text: text, words)
        }
    }

    private init(text: String, _ words: [String]) throws(ScheduleError) {
        guard words.count == 5 else {
            throw ScheduleError(
                message: """
                    a cron rule has five fields (minute, hour, day of month, month, day of week), \
                    and `\(text.prefix(100))` has \(words.count)
                    """)
        }
        self.text = text
        minutes = try CronField.minute.set(words[0])
        hours = try CronField.hour.set(words[1])
        days = try CronField.day.set(words[2])
        months = try CronField.month.set(words[3])
        let named = try CronField.weekday.set(words[4])
        // 7 is Sunday as well.
        weekdays = (named | named >> 7) & 0x7f
        isAnyDay = words[2].hasPrefix("*")
        isAnyWeekday = words[4].hasPrefix("*")
        guard canMatch else {
            throw ScheduleError(message: "no month of `\(text)` has such a day")
        }
    }

    /// Whether there is a day that the rule means: 30 February never comes.
    private var canMatch: Bool {
        if !isAnyWeekday, !isAnyDay { return true }
        // A leap year: each day that exists at all is in it.
        return (1...12).contains { month in
            months & 1 << UInt64(month) != 0
                && days & ((1 << UInt64(CivilDay.daysInMonth(month, of: 2000) + 1)) - 1) != 0
        }
    }

    private static let named = [
        "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0",
        "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *",
    ]
}

/// One field of a rule: its name, its numbers, and the names of numbers.
private struct CronField {
    let name: String
    let range: ClosedRange<Int>
    var names: [String] = []
    /// The number of the first name.
    var firstName = 0

    static let minute = CronField(name: "minute", range: 0...59)
    static let hour = CronField(name: "hour", range: 0...23)
    static let day = CronField(name: "day of month", range: 1...31)
    static let month = CronField(
        name: "month", range: 1...12,
        names: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
        firstName: 1)
    static let weekday = CronField(
        name: "day of week", range: 0...7, names: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"])

    /// The numbers that the text means, as bits.
    func set(_ text: String) throws(ScheduleError) -> UInt64 {
        var bits: UInt64 = 0
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            for number in try numbers(String(part)) { bits |= 1 << UInt64(number) }
        }
        return bits
    }

    private func numbers(_ part: String) throws(ScheduleError) -> [Int] {
        let halves = part.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(
            String.init)
        guard !part.isEmpty, !halves[0].isEmpty else { throw wrong(part) }
        let span = try self.span(halves[0], reachesEnd: halves.count == 2)
        guard halves.count == 2 else { return Array(span) }
        guard let step = decimal(halves[1]), step > 0 else { throw wrong(part) }
        return Array(stride(from: span.lowerBound, through: span.upperBound, by: step))
    }

    /// `*`, `3`, `3-7`; and with a step behind it `3` means from 3 to the end.
    private func span(_ text: String, reachesEnd: Bool) throws(ScheduleError) -> ClosedRange<Int> {
        // Of the days of the week Sunday is counted once, as 0.
        let last = names.count == 7 ? 6 : range.upperBound
        if text == "*" { return range.lowerBound...last }
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        guard ends.count <= 2, let first = number(ends[0]), let end = number(ends[ends.count - 1]) else {
            throw wrong(text)
        }
        if ends.count == 1 { return first...(reachesEnd ? max(first, last) : first) }
        guard first <= end else {
            throw ScheduleError(message: "the \(name) `\(text)` ends before it begins")
        }
        return first...end
    }

    private func number(_ text: String) -> Int? {
        if let place = names.firstIndex(of: text.lowercased()) { return place + firstName }
        return decimal(text).flatMap { range.contains($0) ? $0 : nil }
    }

    /// Digits alone: no sign, no space.
    private func decimal(_ text: String) -> Int? {
        text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } ? Int(text) : nil
    }

    private func wrong(_ part: String) -> ScheduleError {
        ScheduleError(
            message:
                "the \(name) `\(part.prefix(40))` is none; it is \(range.lowerBound) to \(range.upperBound)"
                + (names.isEmpty ? "" : " or a name such as \(names[0].uppercased())")
                + ", `*`, a range `a-b`, a list `a,b` or a step `*/n`")
    }
}
