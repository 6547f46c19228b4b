import SidestepModel
import SidestepStore

/// A schedule with what can be said of it.
public struct ScheduleView: Sendable {
    /// The record, with its counts and, where the daemon paused it, why.
    public var schedule: ScheduleRecord
    /// The coming due times.
    public var coming: [Instant]
    /// The id of the last run, as long as there is one.
    public var lastRun: String?
}

extension StoreReader {
    /// The schedule of that name that the caller may see.
    /// The schedule that the caller means; nil when there is none that he may see.
    func findSchedule(_ name: String, _ call: CallContext) throws -> ScheduleRecord? {
        if let own = try schedule(user: call.peer.uid, name: name) { return own }
        return call.peer.isAdministrator ? try schedule(user: nil, name: name) : nil
    }

    func visibleSchedule(_ name: String, _ call: CallContext) throws -> ScheduleRecord {
        if let found = try findSchedule(name, call) { return found }
        throw Failure(
            .invalidArgument, "there is no schedule '\(name)'",
            hint: "`sidestep schedule list` shows yours; `schedule.put` makes one.")
    }

    func view(of schedule: ScheduleRecord, coming count: Int, _ call: CallContext) throws -> ScheduleView {
        var coming: [Instant] = []
        if let next = schedule.nextDue, !schedule.isPaused,
            let rule = try? schedule.recurrence(call.environment.zones)
        {
            coming = [next] + rule.coming(after: next, count: count - 1, until: schedule.end)
        }
        return ScheduleView(
            schedule: schedule, coming: coming, lastRun: try schedule.lastRun.flatMap { try run(key: $0)?.id }
        )
    }
}

/// One schedule with its coming due times.
public struct GetSchedule: Query {
    /// The schedule's name; an administrator's own goes before another user's.
    public let name: String

    /// A call of `schedule.get`.
    public init(name: String) { self.name = name }

    /// Answers with five coming due times; `invalid_argument` when there is no such schedule.
    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> ScheduleView {
        try store.view(of: store.visibleSchedule(name, call), coming: 5, call)
    }
}

/// Schedules in the order in which they were made.
public struct ListSchedules: Query {
    /// The key of the last one of the page before; 0 begins at the oldest.
    public let after: Int64
    /// Schedules of one page at most.
    public let limit: Int

    /// A call of `schedule.list`.
    public init(after: Int64, limit: Int) {
        self.after = after
        self.limit = limit
    }

    /// Answers with a page, each with one coming due time; an administrator sees those of all users.
    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> Page<ScheduleView> {
        let page = try store.schedules(user: call.visibleUser, after: after, limit: limit)
        return Page(
            items: try page.items.map { try store.view(of: $0, coming: 1, call) }, hasMore: page.hasMore)
    }
}
