import Testing

@testable import SidestepModel

/// Rules of cron and time zones against tables that another implementation made.
@Suite struct ScheduleTests {
    @Test("a zone's offset is right on both sides of every change of its clocks from 1900 to 2100")
    func offsets() throws {
        let rows = ZoneTables.rows("offsets.tsv")
        #expect(rows.count > 1000)
        for row in rows {
            let zone = try #require(ZoneTables.zones[String(row[0])])
            let at = Int64(row[1])!
            #expect(zone.offset(at: at - 1) == Int64(row[2])!, "\(row)")
            #expect(zone.offset(at: at) == Int64(row[3])!, "\(row)")
        }
    }

    @Test("rules are due when the tables say, around changes of clocks forward and back")
    func tables() throws {
        let rows = ZoneTables.rows("cron.tsv")
        #expect(rows.count > 900)
        for row in rows {
            let zone = try #require(ZoneTables.zones[String(row[0])])
            let rule = try CronRule(String(row[1]))
            let expected = row[3].split(separator: ",").map { Int64($0)! }
            let after = Instant(milliseconds: Int64(row[2])! * 1000)
            let found = Recurrence.cron(rule, zone).coming(after: after, count: expected.count)
            #expect(found.map { $0.milliseconds / 1000 } == expected, "\(row[0]) \(row[1]) \(row[2])")
        }
    }

    @Test(
        "fields take names, ranges, lists and steps",
        arguments: [
            ("0 9 * * MON-FRI", "0 9 * * 1-5"), ("0 0 1 JAN,jul *", "0 0 1 1,7 *"), ("@daily", "0 0 * * *"),
            ("@hourly", "0 * * * *"), ("0 0 * * 7", "0 0 * * 0"), ("5/20 * * * *", "5,25,45 * * * *"),
            ("0 0 * * 5-7", "0 0 * * 5,6,0"), ("0\t0  * * */2", "0 0 * * 0,2,4,6"), ("@yearly", "0 0 1 1 *"),
            ("@weekly", "0 0 * * sun"), ("@monthly", "0 0 1 * *"),
            ("*/15 */6 */10 * *", "0,15,30,45 0,6,12,18 1,11,21,31 * *"),
        ])
    func fields(short: String, long: String) throws {
        let start = Instant(milliseconds: 1_700_000_000_000)
        let (left, right) = (try CronRule(short), try CronRule(long))
        #expect(
            Recurrence.cron(left, .utc).coming(after: start, count: 200)
                == Recurrence.cron(right, .utc).coming(after: start, count: 200))
    }

    @Test(
        "what is no rule is refused with a sentence",
        arguments: [
            "", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * 32 * *", "* * * 13 *",
            "* * * * 8",
            "5-1 * * * *", "*/0 * * * *", "a * * * *", "1,,2 * * * *", "-1 * * * *", "1- * * * *", "@never",
            "0 0 30 2 *",
            "0 0 31 4,6 *", "* * * foo *", "+1 * * * *", "1/ * * * *", "/2 * * * *",
            "99999999999999999999 * * * *",
        ])
    func refused(text: String) {
        #expect(throws: ScheduleError.self) { _ = try CronRule(text) }
    }

    @Test("29 February is due every leap year, over the year 2100, which is none")
    func leap() throws {
        let rule = try CronRule("0 0 29 2 *")
        let start = Instant(milliseconds: 3_900_000_000_000)
        let days = Recurrence.cron(rule, .utc).coming(after: start, count: 2).map(\.text)
        #expect(days == ["2096-02-29T00:00:00Z", "2104-02-29T00:00:00Z"])
    }

    @Test("both day fields given mean either, as in crontab(5)")
    func days() throws {
        let rule = try CronRule("0 0 13 * FRI")
        let start = Instant(milliseconds: 1_704_067_200_000)
        let found = Recurrence.cron(rule, .utc).coming(after: start, count: 3).map(\.text)
        #expect(found == ["2024-01-05T00:00:00Z", "2024-01-12T00:00:00Z", "2024-01-13T00:00:00Z"])
    }

    @Test("an interval counts from its anchor, whatever happened meanwhile")
    func interval() {
        let every = Recurrence.interval(milliseconds: 1500, anchor: Instant(milliseconds: 1000))
        #expect(every.next(after: Instant(milliseconds: 0)) == Instant(milliseconds: 1000))
        #expect(every.next(after: Instant(milliseconds: 1000)) == Instant(milliseconds: 2500))
        #expect(every.next(after: Instant(milliseconds: 9_999)) == Instant(milliseconds: 10_000))
        #expect(every.next(after: Instant(milliseconds: .max)) == nil)
        #expect(
            Recurrence.interval(milliseconds: 0, anchor: Instant(milliseconds: 0)).next(after: .endOfTime)
                == nil)
    }

    @Test("no due time comes after the end, and none after the year 9999")
    func ends() throws {
        let rule = try Recurrence.cron(CronRule("@daily"), .utc)
        let start = Instant(milliseconds: 0)
        #expect(rule.coming(after: start, count: 9, until: Instant(milliseconds: 2 * 86_400_000)).count == 2)
        #expect(rule.next(after: .endOfTime) == nil)
        #expect(rule.next(after: Instant(milliseconds: .min)) == nil)
        #expect(
            try Recurrence.cron(CronRule("0 0 1 1 *"), .utc).next(
                after: Instant(milliseconds: 253_370_764_800_000)) == nil)
    }

    @Test("days of the calendar count to and fro over 1600 years")
    func civil() {
        var day = CivilDay(year: 1200, month: 1, day: 1)
        for number in day.number...(day.number + 600_000) {
            #expect(CivilDay(number: number) == day && day.number == number)
            day.day += 1
            if day.day > CivilDay.daysInMonth(day.month, of: day.year) {
                (day.day, day.month) = (1, day.month + 1)
            }
            if day.month > 12 { (day.month, day.year) = (1, day.year + 1) }
        }
    }

    @Test("bytes that are no TZif are refused and never trap")
    func broken() {
        let whole = ZoneTables.bytes("Europe-Berlin.tzif")
        for length in 0..<min(200, whole.count) { _ = ZoneRules(tzif: Array(whole.prefix(length))) }
        #expect(ZoneRules(tzif: Array(whole.prefix(100))) == nil)
        #expect(ZoneRules(tzif: Array("TZif2".utf8) + [UInt8](repeating: 0xff, count: 200)) == nil)
        for place in stride(from: 0, to: whole.count, by: 3) {
            var bytes = whole
            bytes[place] ^= 0xff
            _ = ZoneRules(tzif: bytes)
        }
    }

    @Test(
        "footers of other forms are read",
        arguments: [
            ("<+0330>-3:30", 12_600), ("EST5EDT,M3.2.0,M11.1.0", -18_000), ("XXX3", -10_800), ("<-00>0", 0),
            ("IST-2IDT,M3.4.4/26,M10.5.0", 7200), ("EST5EDT,0/0,J365/25", -14_400), ("ABC-1:30:15", 5415),
        ])
    func footers(text: String, winter: Int64) throws {
        let zone = try #require(PosixZone(text))
        #expect(zone.segment(at: 1_705_000_000).offset == winter)
    }

    @Test(
        "footers that are none are refused",
        arguments: ["", "AB3", "EST", "EST5EDT", "EST5EDT,M13.1.0,M1.1.0", "EST5x"])
    func noFooters(text: String) { #expect(PosixZone(text) == nil) }

    @Test("jitter is the same at each look, below its limit, and differs between schedules")
    func jitter() {
        var schedule = ScheduleRecord(name: "a", userID: 1, workflow: "w", now: Instant(milliseconds: 0))
        schedule.jitterMilliseconds = 1000
        let due = (0..<200).map { Instant(milliseconds: $0 * 60_000) }
        let first = due.map(schedule.jitter(at:))
        #expect(first == due.map(schedule.jitter(at:)))
        #expect(first.allSatisfy { (0...1000).contains($0) })
        #expect(Set(first).count > 100)
        schedule.name = "b"
        #expect(first != due.map(schedule.jitter(at:)))
    }

    @Test("a due time is written as RFC 3339, with milliseconds where there are some")
    func text() {
        #expect(Instant(milliseconds: 1_764_021_600_000).text == "2025-11-24T22:00:00Z")
        #expect(Instant(milliseconds: 1_764_021_600_250).text == "2025-11-24T22:00:00.250Z")
        #expect(Instant(milliseconds: -1).text == "1969-12-31T23:59:59.999Z")
    }
}
