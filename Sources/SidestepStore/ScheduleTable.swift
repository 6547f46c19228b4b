import SidestepModel

/// Looks at schedules and at what is due, in the table `schedule`.
public protocol ScheduleReading: AnyObject {
    /// A schedule by the store's own number; nil when it was deleted.
    func schedule(key: Int64) throws(Failure) -> ScheduleRecord?
    /// The schedule of that name; `user` nil looks through all users and takes the oldest.
    func schedule(user: UserID?, name: String) throws(Failure) -> ScheduleRecord?
    /// Those that started this run last, ten at most.
    func schedules(lastRun run: Int64) throws(Failure) -> [ScheduleRecord]
    /// In the order of keys, after this key; `user` nil shows all.
    func schedules(user: UserID?, after key: Int64, limit: Int) throws(Failure) -> Page<ScheduleRecord>
    /// Schedules whose next run is to be started by now, oldest first.
    func schedules(dueAt now: Instant, limit: Int) throws(Failure) -> [ScheduleRecord]
    /// When the next run is to be started.
    func nextScheduleTime() throws(Failure) -> Instant?
    /// Keys of schedules of which a due time waits for a run to close.
    func waitingSchedules() throws(Failure) -> [Int64]
}

/// Writes schedules; the run of a due time is inserted in the same commit.
public protocol ScheduleWriting: ScheduleReading {
    /// Adds a schedule; returns its key.
    func insertSchedule(_ schedule: ScheduleRecord) throws(Failure) -> Int64
    /// Writes everything but the key, the name and the user.
    func updateSchedule(_ schedule: ScheduleRecord) throws(Failure)
    /// Deletes a schedule; its runs stay.
    func deleteSchedule(key: Int64) throws(Failure)
}
