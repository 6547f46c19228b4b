/// The rule for the time after a file's last transition: the TZ string of POSIX with the extensions of RFC
/// 9636
/// (hours from -167 to 167), for example `CET-1CEST,M3.5.0,M10.5.0/3`.
struct PosixZone: Sendable, Equatable {
    /// Seconds east of Greenwich without and with daylight-saving time.
    let standard: Int64
    let daylight: Daylight?

    struct Daylight: Equatable {
        let offset: Int64
        let start: Change
        let end: Change
    }

    /// A day of each year and a wall time of it, seconds after midnight.
    struct Change: Equatable {
        enum Day: Equatable {
            /// 1 to 365; 29 February is never counted.
            case julian(Int)
            /// 0 to 365; 29 February is counted.
            case ordinal(Int)
            /// The week'th (5: last) weekday (0: Sunday) of a month.
            case weekday(month: Int, week: Int, weekday: Int)
        }

        let day: Day
        let time: Int64

        /// Seconds since 1970-01-01T00:00 on the wall in a year.
        func wall(in year: Int64) -> Int64 { dayNumber(in: year) * 86_400 + time }

        private func dayNumber(in year: Int64) -> Int64 {
            let newYear = CivilDay(year: year, month: 1, day: 1).number
            switch day {
            case .ordinal(let count): return newYear + Int64(count)
            case .julian(let count):
                return newYear + Int64(count - 1) + (CivilDay.isLeap(year) && count >= 60 ? 1 : 0)
            case .weekday(let month, let week, let weekday):
                let first = CivilDay(year: year, month: month, day: 1)
                let ahead = (weekday - first.weekday + 7) % 7
                let last = CivilDay.daysInMonth(month, of: year)
                var day = ahead + 7 * (week - 1)
                while day >= last { day -= 7 }
                return first.number + Int64(day)
            }
        }
    }

    /// What holds at an instant.
    func segment(at seconds: Int64) -> ZoneRules.Segment {
        guard let daylight else { return .init(start: .min, end: .max, offset: standard) }
        let year = CivilDay(number: floorDivide(seconds, 86_400)).year
        var segment = ZoneRules.Segment(start: .min, end: .max, offset: standard)
        for change in changes(of: daylight, around: year) {
            if change.at > seconds {
                segment.end = change.at
                break
            }
            segment.start = change.at
            segment.offset = change.offset
        }
        return segment
    }

    /// The changes of three years in their order; an end that falls on the next start is no change.
    private func changes(of daylight: Daylight, around year: Int64) -> [(at: Int64, offset: Int64)] {
        let all = (year - 1...year + 1).flatMap { year in
            [
                (at: daylight.start.wall(in: year) - standard, offset: daylight.offset),
                (at: daylight.end.wall(in: year) - daylight.offset, offset: standard),
            ]
        }
        let sorted = all.sorted { ($0.at, $0.offset) < ($1.at, $1.offset) }
        return sorted.enumerated().filter { index, change in
            index + 1 == sorted.count || sorted[index + 1].at != change.at
        }.map(\.element)
    }
}

extension PosixZone {
    /// Reads a TZ string; nil when it is empty or none.
    init?(_ text: String) {
        var reader = PosixReader(text)
        guard reader.name(), let west = reader.time() else { return nil }
        standard = -west
        if reader.isAtEnd {
            daylight = nil
            return
        }
        guard reader.name() else { return nil }
        let offset = reader.peek(",") ? standard + 3600 : reader.time().map { -$0 }
        guard let offset, let start = reader.change(), let end = reader.change(), reader.isAtEnd else {
            return nil
        }
        daylight = Daylight(offset: offset, start: start, end: end)
    }
}

private struct PosixReader {
    private let bytes: [UInt8]
    private var place = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    var isAtEnd: Bool { place == bytes.count }
    func peek(_ character: Unicode.Scalar) -> Bool {
        place < bytes.count && bytes[place] == UInt8(ascii: character)
    }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek(character) else { return false }
        place += 1
        return true
    }

    /// `CET` or `<+0330>`.
    mutating func name() -> Bool {
        let start = place
        if take("<") {
            while place < bytes.count, bytes[place] != UInt8(ascii: ">") { place += 1 }
            return take(">")
        }
        while place < bytes.count, isLetter(bytes[place]) { place += 1 }
        return place - start >= 3
    }

    private func isLetter(_ byte: UInt8) -> Bool { byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7a }

    mutating func number() -> Int64? {
        let start = place
        var value: Int64 = 0
        while place < bytes.count, bytes[place] >= 0x30, bytes[place] <= 0x39, place - start < 4 {
            value = value * 10 + Int64(bytes[place] - 0x30)
            place += 1
        }
        return place > start ? value : nil
    }

    /// `[+-]hh[:mm[:ss]]` in seconds.
    mutating func time() -> Int64? {
        let isNegative = take("-")
        if !isNegative { _ = take("+") }
        guard let hours = number() else { return nil }
        var seconds = hours * 3600
        for unit in [Int64(60), 1] where take(":") {
            guard let part = number() else { return nil }
            seconds += part * unit
        }
        return isNegative ? -seconds : seconds
    }

    /// `,M3.5.0/2`, `,J60`, `,59`.
    mutating func change() -> PosixZone.Change? {
        guard take(","), let day = day() else { return nil }
        guard take("/") else { return .init(day: day, time: 7200) }
        return time().map { .init(day: day, time: $0) }
    }

    private mutating func day() -> PosixZone.Change.Day? {
        if take("J") { return number().flatMap { (1...365).contains($0) ? .julian(Int($0)) : nil } }
        guard take("M") else { return number().flatMap { $0 <= 365 ? .ordinal(Int($0)) : nil } }
        guard let month = number(), take("."), let week = number(), take("."), let weekday = number(),
            (1...12).contains(month), (1...5).contains(week), weekday <= 6
        else { return nil }
        return .weekday(month: Int(month), week: Int(week), weekday: Int(weekday))
    }
}
