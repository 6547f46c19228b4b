/// When a schedule is due: by the clock on the wall of a time zone, or at an interval.
public enum Recurrence: Sendable, Equatable {
    case cron(CronRule, ZoneRules)
    /// Every so many milliseconds, counted from the anchor.
    case interval(milliseconds: Int64, anchor: Instant)

    /// The first due time after `instant`; nil when none comes.
    ///
    /// When clocks are set, a wall time that does not exist is due at the moment the gap ends, and one that
    /// exists twice the first time; a rule that names every hour follows elapsed time instead.
    public func next(after instant: Instant) -> Instant? {
        switch self {
        case .interval(let span, let anchor): Self.next(after: instant, every: span, from: anchor)
        case .cron(let rule, let zone): rule.next(after: instant, in: zone)
        }
    }

    /// The next `count` due times, none after `end`.
    public func coming(after instant: Instant, count: Int, until end: Instant? = nil) -> [Instant] {
        var found: [Instant] = []
        var last = instant
        while found.count < count, let next = next(after: last), next <= end ?? next {
            found.append(next)
            last = next
        }
        return found
    }

    private static func next(after instant: Instant, every span: Int64, from anchor: Instant) -> Instant? {
        guard span > 0 else { return nil }
        if instant < anchor { return anchor }
        let passed = instant.milliseconds(since: anchor) / span
        let (next, overflow) = (passed + 1).multipliedReportingOverflow(by: span)
        let due = anchor.advanced(byMilliseconds: next)
        return overflow || due > .endOfTime ? nil : due
    }
}

extension Instant {
    /// The end of the year 9999.
    static let endOfTime = Instant(milliseconds: 253_402_300_799_999)
}

extension CronRule {
    func next(after instant: Instant, in zone: ZoneRules) -> Instant? {
        guard instant < .endOfTime, instant > Instant(milliseconds: -62_135_596_800_000) else { return nil }
        let seconds = floorDivide(instant.milliseconds, 1000)
        let found = followsElapsedTime ? nextElapsed(after: seconds, zone) : nextOnWall(after: seconds, zone)
        return found.map { Instant(milliseconds: $0 * 1000) }
    }

    /// Wall times in their order, each at the one instant that it means.
    private func nextOnWall(after seconds: Int64, _ zone: ZoneRules) -> Int64? {
        var wall = floorDivide(seconds + zone.offset(at: seconds), 60)
        while let match = next(from: wall) {
            let due = zone.instant(ofWall: match * 60)
            if due > seconds { return due }
            wall = match + 1
        }
        return nil
    }

    /// Every minute that the wall shows, however often it does.
    private func nextElapsed(after seconds: Int64, _ zone: ZoneRules) -> Int64? {
        var from = seconds + 1
        while true {
            let segment = zone.segment(at: from)
            // Offsets of whole seconds: the next full minute on the wall.
            let wall = -floorDivide(-(from + segment.offset), 60)
            guard let match = next(from: wall) else { return nil }
            let due = match * 60 - segment.offset
            if due < segment.end { return due }
            from = segment.end
        }
    }
}
