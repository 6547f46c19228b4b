import SidestepModel

/// A step whose next attempt is due, and since when.
public struct DueExecution: Sendable, Equatable {
    /// The key of the step.
    public let step: Int64
    /// When its attempt became due; pages go on behind it and the key.
    public let at: Instant

    /// A place in the order in which attempts became due.
    public init(step: Int64, at: Instant) {
        self.step = step
        self.at = at
    }
}

/// Looks at what the daemon does for open steps, the table `execution`.
public protocol ExecutionReading: AnyObject {
    /// What the daemon does for a step, with the step; nil when it does nothing for it.
    func execution(step: Int64) throws(Failure) -> (execution: ExecutionRecord, step: StepRecord)?
    /// Executions of running steps, without their specs; of the daemon that has them (`ProcessIdentity.place`).
    func runningExecutions(place: Int64) throws(Failure) -> [(execution: ExecutionRecord, step: StepRecord)]
    /// Steps of that daemon whose next attempt is due and whose run may go on, oldest first; behind `last`.
    func executions(
        place: Int64, dueAt now: Instant, after last: DueExecution?, limit: Int
    ) throws(Failure) -> [DueExecution]
    /// When its next attempt after `now` is due.
    func nextExecution(place: Int64, after now: Instant) throws(Failure) -> Instant?
}

/// Notes what the daemon does for steps, so that the next daemon can go on or clear up.
public protocol ExecutionWriting: ExecutionReading {
    /// Lets the steps that name this breaker, and wait for their next attempt, have it now.
    func hastenExecutions(breaker: BreakerRecord, to now: Instant) throws(Failure)
    /// Notes what the daemon does for a step of `run`, where its epoch is still `epoch`; throws `lease_lost` otherwise.
    func saveExecution(_ execution: ExecutionRecord, run: Int64, epoch: Int64) throws(Failure)
    /// Notes the process that was started for a step.
    func executionStarted(step: Int64, process: ProcessIdentity, boot: String) throws(Failure)
    /// Forgets what the daemon did for a step, as soon as that has an outcome.
    func deleteExecution(step: Int64) throws(Failure)
}
