import SidestepModel
import SidestepProtocol
import SidestepStore

/// Starts the runs of what is due.
struct FireSchedules: Command {
    var space: SpaceUse { .grows }
    /// Due schedules that one transaction looks at; further ones come right after it.
    static let batch = 100

    func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws {
        for schedule in try store.schedules(dueAt: call.now, limit: Self.batch) {
            do {
                try store.updateSchedule(try after(schedule, store, &call))
            } catch let failure as Failure where !failure.isOfStorage {
                // Its time zone is gone, for example: somebody has to look, and the others must go on.
                var stopped = schedule
                stopped.isPaused = true
                stopped.problem = failure.message
                call.tell(
                    Notice(.scheduleProblem).with(.schedule, stopped.name).with(.user, stopped.userID)
                        .with(.problem, failure.message))
                try store.updateSchedule(stopped)
            }
        }
        if let next = try store.nextScheduleTime() { call.after(.due(next)) }
    }

    /// The schedule after its due time was dealt with.
    private func after(
        _ schedule: ScheduleRecord, _ store: any StoreTransaction, _ call: inout CallContext
    ) throws -> ScheduleRecord {
        var after = schedule
        guard let due = schedule.nextDue else { return after }
        let recurrence = try schedule.recurrence(call.environment.zones)
        if isMissed(due, schedule, call.now) { return skipMissed(after, recurrence, call.now) }
        after.lastDue = due
        after.nextDue = after.due(after: due, recurrence)
        let isOpen = try schedule.overlap != .allow && store.hasOpenRun(schedule)
        switch schedule.overlap {
        case .queue where isOpen && schedule.waitingDue == nil:
            after.waitingDue = due
            call.after(.scheduleWaits(schedule.key))
        case .queue where isOpen || schedule.waitingDue != nil, .skip where isOpen: after.skipped += 1
        default: try store.fire(&after, due, &call)
        }
        return after
    }

    private func isMissed(_ due: Instant, _ schedule: ScheduleRecord, _ now: Instant) -> Bool {
        now.milliseconds(since: schedule.start(of: due)) > schedule.catchUpMilliseconds
    }

    /// Goes on with the first due time that is not too old; counts at most 10 000 of those between.
    private func skipMissed(_ schedule: ScheduleRecord, _ recurrence: Recurrence, _ now: Instant)
        -> ScheduleRecord
    {
        var after = schedule
        let oldest = now.advanced(
            byMilliseconds: -schedule.catchUpMilliseconds - schedule.jitterMilliseconds - 1)
        if let due = schedule.nextDue, due <= oldest {
            after.missed += Int64(recurrence.coming(after: due, count: 10_000, until: oldest).count + 1)
            after.nextDue = after.due(after: oldest, recurrence)
        }
        while let due = after.nextDue, isMissed(due, schedule, now) {
            after.missed += 1
            after.nextDue = after.due(after: due, recurrence)
        }
        return after
    }
}

extension Failure {
    /// Whether the disk is to blame: then the daemon's own work is done again by itself.
    fileprivate var isOfStorage: Bool { kind == .storageFull || kind == .storageError }
}

/// Starts the run of the due time that waits for another run, as soon as that is closed.
struct FireWaiting: Command {
    var space: SpaceUse { .grows }
    let schedule: Int64

    func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws {
        // Deleted, paused or started meanwhile: whoever changes it looks again.
        guard var schedule = try store.schedule(key: schedule), !schedule.isPaused,
            let due = schedule.waitingDue
        else { return }
        if let last = schedule.lastRun, try store.hasOpenRun(schedule) {
            throw Wait([.run(last)], until: nil)
        }
        schedule.waitingDue = nil
        try store.fire(&schedule, due, &call)
        try store.updateSchedule(schedule)
    }
}

/// After a restart: takes up the due times that wait for runs.
struct FindWaitingSchedules: Command {
    func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws {
        for key in try store.waitingSchedules() { call.after(.scheduleWaits(key)) }
    }
}

extension StoreTransaction {
    func hasOpenRun(_ schedule: ScheduleRecord) throws -> Bool {
        guard let last = schedule.lastRun, let run = try run(key: last) else { return false }
        return !run.status.isClosed
    }

    /// Starts the run of a due time; that there is one already is no error.
    ///
    /// A due time is passed over while its user keeps as much as he may: the schedule goes on when there is room.
    fileprivate func fire(_ schedule: inout ScheduleRecord, _ due: Instant, _ call: inout CallContext) throws
    {
        do {
            let started = try start(schedule, as: schedule.runID(at: due), due: due, input: nil, &call)
            schedule.lastRun = started.run.key
            if started.isNew { schedule.fired += 1 }
        } catch let failure as Failure where failure.isOfQuota {
            schedule.skipped += 1
            call.tell(
                Notice(.scheduleProblem).with(.schedule, schedule.name).with(.user, schedule.userID)
                    .with(.problem, failure.message))
        }
    }

    /// Starts a run of the schedule for the user it belongs to.
    func start(
        _ schedule: ScheduleRecord, as id: String, due: Instant?, input: Payload?, _ call: inout CallContext
    ) throws -> (run: RunRecord, isNew: Bool) {
        let user = Peer(uid: schedule.userID, process: call.peer.process, isAdministrator: false)
        var own = CallContext(
            environment: call.environment, peer: user, session: 0, grantedRuns: GrantedRuns(), now: call.now)
        let started = try enqueue(schedule, as: id, input: input ?? schedule.template.input, &own)
        if started.isNew {
            try append(
                run: started.run.key, at: call.now, kind: .scheduleFired,
                detail: detail { writer in
                    writer.member("schedule", schedule.name)
                    writer.member("due_at", due?.milliseconds)
                })
        }
        for effect in own.effects { call.after(effect) }
        return started
    }

    private func enqueue(
        _ schedule: ScheduleRecord, as id: String, input: Payload?, _ call: inout CallContext
    ) throws -> (run: RunRecord, isNew: Bool) {
        if let known = try run(user: schedule.userID, id: id, generation: nil) { return (known, false) }
        let enqueued = try EnqueueRun(run: id, new: schedule.newRun(input: input)).perform(self, &call)
        return (enqueued.view.run, enqueued.created)
    }
}

extension ScheduleRecord {
    /// What its next run is made with.
    fileprivate func newRun(input: Payload?) -> NewRun {
        var new = NewRun(workflow: workflow)
        new.input = input
        new.metadata = template.metadata
        new.retry = template.retry
        new.tags =
            template.tags.map { RawJSON(validated: $0).members.map { ($0.key, $0.value.string) } } ?? []
        new.budget =
            template.budget.map { budget in
                BudgetName.allCases.compactMap { name in
                    RawJSON(validated: budget)[name.rawValue]?.integer.map { (name: name, amount: $0) }
                }
            } ?? []
        new.placement.queue = template.queue ?? new.placement.queue
        new.placement.priority = template.priority ?? new.placement.priority
        new.placement.pinnedVersion = template.codeVersion
        return new
    }
}
