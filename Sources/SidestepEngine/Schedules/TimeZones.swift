import SidestepModel

/// Where the rules of time zones come from; the daemon reads the host's files.
public protocol TimeZoneSource: Sendable {
    /// The rules of a zone by its IANA name; nil when there is none of that name.
    func rules(_ name: String) -> ZoneRules?
}

extension TimeZoneSource {
    /// The rules of a zone that a caller named; `invalid_argument` when there is none of that name.
    func required(_ name: String) throws(Failure) -> ZoneRules {
        if let zone = rules(name) { return zone }
        throw Failure(
            .invalidArgument, "there is no time zone '\(name)' on this host",
            hint: "Use a name such as Europe/Berlin or UTC; the package tzdata brings them.")
    }
}

/// Knows UTC and nothing else.
public struct OnlyUTC: TimeZoneSource {
    /// For environments without the host's tzdata, such as those of tests.
    public init() {}
    /// The rules of UTC; nil for every other name, UTC's aliases among them.
    public func rules(_ name: String) -> ZoneRules? { name == "UTC" ? .utc : nil }
}

extension ScheduleRecord {
    /// When the schedule is due; throws when its zone is not known (any more).
    func recurrence(_ zones: any TimeZoneSource) throws -> Recurrence {
        if let everyMilliseconds { return .interval(milliseconds: everyMilliseconds, anchor: anchor) }
        let zone = try zones.required(timeZone)
        do {
            return .cron(try CronRule(cron ?? ""), zone)
        } catch {
            throw Failure(
                .invalidArgument, error.message, hint: "See crontab(5), for example `0 9 * * MON-FRI`.")
        }
    }

    /// The first due time after `instant` that the schedule's start and end allow.
    func due(after instant: Instant, _ recurrence: Recurrence) -> Instant? {
        let first = start.map { max(instant, $0.advanced(byMilliseconds: -1)) } ?? instant
        return recurrence.coming(after: first, count: 1, until: end).first
    }
}
