import SidestepModel
import SidestepProtocol
import SidestepStore

/// Stops a schedule, or lets it go on with the due times to come.
public struct PauseSchedule: Command {
    /// The schedule's name; an administrator's own goes before another user's.
    public let name: String
    /// False lets it go on with the first due time that is to come.
    public let isPaused: Bool

    /// A call of `schedule.pause`.
    public init(name: String, isPaused: Bool) {
        self.name = name
        self.isPaused = isPaused
    }

    /// Answers with the schedule and its coming due times; `invalid_argument` when there is none.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> ScheduleView {
        var schedule = try store.visibleSchedule(name, call)
        if schedule.isPaused != isPaused {
            schedule.isPaused = isPaused
            schedule.updated = call.now
            schedule.problem = nil
            // What came due meanwhile is not made up for: somebody wanted the pause.
            if !isPaused {
                schedule.nextDue = schedule.due(
                    after: call.now, try schedule.recurrence(call.environment.zones))
            }
            try store.updateSchedule(schedule)
            try store.note(
                act: "schedule.pause", name, of: schedule.userID, &call,
                detail: detail { $0.member("paused", isPaused) })
        }
        return try store.announced(schedule, &call)
    }
}

/// Removes a schedule; its runs stay.
public struct DeleteSchedule: Command {
    /// The schedule's name; an administrator's own goes before another user's.
    public let name: String

    /// A call of `schedule.delete`.
    public init(name: String) { self.name = name }

    /// Answers whether there was one.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> Bool {
        guard let schedule = try store.findSchedule(name, call) else { return false }
        try store.deleteSchedule(key: schedule.key)
        try store.note(act: "schedule.delete", name, of: schedule.userID, &call)
        return true
    }
}

/// Starts a run of a schedule now, whether it is due, paused or has an open run.
public struct TriggerSchedule: Command {
    /// The schedule's name; an administrator's own goes before another user's.
    public let name: String
    /// The id of the run: sent again, it is the same run.
    public let run: String?
    /// JSON in place of the schedule's input; nil takes that.
    public let input: Payload?

    /// A call of `schedule.trigger`; without `run` each call starts another run.
    public init(name: String, run: String?, input: Payload?) {
        self.name = name
        self.run = run
        self.input = input
    }

    /// Answers with the run, which belongs to the schedule's user; its due times stay as they are.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> RunRecord {
        var schedule = try store.visibleSchedule(name, call)
        let id = run ?? "\(name)/\(Identifiers.run(at: call.now, random: call.environment.random))"
        let started = try store.start(schedule, as: id, due: nil, input: input, &call)
        guard started.isNew else { return started.run }
        try store.note(
            act: "schedule.trigger", name, of: schedule.userID, &call,
            detail: detail { $0.member("run", started.run.id) })
        schedule.fired += 1
        schedule.lastRun = started.run.key
        try store.updateSchedule(schedule)
        return started.run
    }
}
