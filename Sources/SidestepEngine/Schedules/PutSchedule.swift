import SidestepModel
import SidestepStore

/// Makes a schedule, or changes the one of that name to what is said now.
public struct PutSchedule: Command {
    /// The schedule's name, unique for the user who puts it; the first part of its runs' ids.
    public let name: String
    /// The workflow of the runs that it starts.
    public let workflow: String
    /// Five fields as in crontab(5), or a word such as `@daily`; nil where `everyMilliseconds` is given.
    public var cron: String?
    /// The span between two due times, at least a second; nil where `cron` is given.
    public var everyMilliseconds: Int64?
    /// The IANA name of the zone whose clocks `cron` means.
    public var timeZone = "UTC"
    /// What becomes of a due time at which the last run is still open.
    public var overlap = Overlap.skip
    /// How late a run may still be started, after the daemon was down for example; what is older counts as missed.
    public var catchUpMilliseconds: Int64 = 60_000
    /// By how much a start may be delayed, the same amount at every look at that due time.
    public var jitterMilliseconds: Int64 = 0
    /// No due time is before this; also what `everyMilliseconds` counts from. Nil counts from when it was made.
    public var start: Instant?
    /// No due time is after this; nil goes on for ever.
    public var end: Instant?
    /// Whether nothing is started for now, but by `schedule.trigger`.
    public var isPaused = false
    /// What its runs are made with.
    public var template = RunTemplate()

    /// A call of `schedule.put`; what is not set has the protocol's standard value, also for a schedule that is there.
    public init(name: String, workflow: String) {
        self.name = name
        self.workflow = workflow
    }

    /// Answers with the schedule and its coming due times; `invalid_argument` for a rule or a zone that cannot be.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> ScheduleView {
        guard (cron == nil) != (everyMilliseconds == nil) else {
            throw Failure(
                .invalidArgument, "a schedule has either `cron` or `every_ms`", hint: "Send one of the two.")
        }
        guard let known = try store.schedule(user: call.peer.uid, name: name) else {
            var new = described(
                ScheduleRecord(name: name, userID: call.peer.uid, workflow: workflow, now: call.now))
            new.nextDue = new.due(after: call.now, try new.recurrence(call.environment.zones))
            new.key = try store.insertSchedule(new)
            try store.note(act: "schedule.put", name, &call)
            return try store.announced(new, &call)
        }
        var changed = described(known)
        changed.updated = call.now
        changed.problem = nil
        let recurrence = try changed.recurrence(call.environment.zones)
        // Said again as it is, it keeps the time that is due: a program that puts its schedules whenever it
        // starts must not miss one.
        if isOtherTime(changed, known) || known.isPaused {
            changed.nextDue = changed.due(after: call.now, recurrence)
        }
        try store.updateSchedule(changed)
        try noteChange(from: known, to: changed, store, &call)
        return try store.announced(changed, &call)
    }

    private func described(_ schedule: ScheduleRecord) -> ScheduleRecord {
        var described = schedule
        described.workflow = workflow
        described.cron = cron
        described.everyMilliseconds = everyMilliseconds
        described.timeZone = timeZone
        described.overlap = overlap
        described.catchUpMilliseconds = catchUpMilliseconds
        described.jitterMilliseconds = jitterMilliseconds
        described.start = start
        described.end = end
        described.isPaused = isPaused
        described.template = template
        return described
    }

    /// A program that puts its schedules whenever it starts changes nothing, and fills no journal.
    private func noteChange(
        from known: ScheduleRecord, to changed: ScheduleRecord, _ store: any StoreTransaction,
        _ call: inout CallContext
    ) throws {
        var same = known
        (same.updated, same.problem, same.nextDue) = (changed.updated, changed.problem, changed.nextDue)
        if same != changed { try store.note(act: "schedule.put", name, &call) }
    }

    private func isOtherTime(_ new: ScheduleRecord, _ old: ScheduleRecord) -> Bool {
        new.cron != old.cron || new.everyMilliseconds != old.everyMilliseconds || new.timeZone != old.timeZone
            || new.start != old.start || new.end != old.end
    }
}

extension StoreTransaction {
    /// A schedule after a change: what is due next is looked at in time.
    func announced(_ schedule: ScheduleRecord, _ call: inout CallContext) throws -> ScheduleView {
        if !schedule.isPaused {
            if let due = schedule.nextDue { call.after(.due(schedule.start(of: due))) }
            if schedule.waitingDue != nil { call.after(.scheduleWaits(schedule.key)) }
        }
        return try view(of: schedule, coming: 5, call)
    }
}
