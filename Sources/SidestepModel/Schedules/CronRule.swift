/// When a clock on the wall calls for something: the five fields of crontab(5).
///
/// A pure value: it knows wall times only. What instant of a time zone a wall time is, `ZoneRules` says.
public struct CronRule: Sendable, Hashable {
    /// The rule as it was written.
    public let text: String
    /// Bit n stands for the number n.
    let minutes: UInt64
    let hours: UInt64
    let days: UInt64
    let months: UInt64
    let weekdays: UInt64
    /// Whether the field began with `*`: only then does the other day field decide alone, crontab(5).
    let isAnyDay: Bool
    let isAnyWeekday: Bool

    /// A rule that names every hour follows elapsed time when clocks are set; any other one follows the wall.
    var followsElapsedTime: Bool { hours == 0xff_ffff }

    func matches(_ day: CivilDay) -> Bool {
        guard months & 1 << UInt64(day.month) != 0 else { return false }
        let isDay = days & 1 << UInt64(day.day) != 0
        let isWeekday = weekdays & 1 << UInt64(day.weekday) != 0
        return isAnyDay || isAnyWeekday ? isDay && isWeekday : isDay || isWeekday
    }

    /// The first matching wall time that is not before `wall`; both count minutes of the wall clock since
    /// 1970-01-01T00:00. Nil when none comes before the year 10000.
    func next(from wall: Int64) -> Int64? {
        var number = floorDivide(wall, 1440)
        var minute = Int(floorModulo(wall, 1440))
        while true {
            let day = CivilDay(number: number)
            if day.year > 9999 { return nil }
            if months & 1 << UInt64(day.month) == 0 {
                number = Self.firstDayOfNextMonth(day)
            } else {
                if matches(day), let found = minuteOfDay(from: minute) { return number * 1440 + Int64(found) }
                number += 1
            }
            minute = 0
        }
    }

    /// The first matching minute of a day from `minute` on.
    private func minuteOfDay(from minute: Int) -> Int? {
        for hour in (minute / 60)..<24 where hours & 1 << UInt64(hour) != 0 {
            let first = hour == minute / 60 ? minute % 60 : 0
            let rest = minutes >> UInt64(first)
            if rest != 0 { return hour * 60 + first + rest.trailingZeroBitCount }
        }
        return nil
    }

    private static func firstDayOfNextMonth(_ day: CivilDay) -> Int64 {
        let isDecember = day.month == 12
        return CivilDay(
            year: isDecember ? day.year + 1 : day.year, month: isDecember ? 1 : day.month + 1, day: 1
        ).number
    }
}
