import SidestepModel

/// Looks at steps that were recorded in a run itself; what a fork shares, `StoreReader` adds.
public protocol StepReading: AnyObject {
    /// The run's own step of this name; nil when it was never begun there.
    func step(run: Int64, name: String) throws(Failure) -> StepRecord?
    /// The same with its output and error.
    func stepOutcome(run: Int64, name: String) throws(Failure) -> StepOutcome?
    /// Steps in the order of the journal, after this sequence, until `limit` steps or about `maxBytes` of outcomes.
    func steps(
        run: Int64, after sequence: Int64?, status: StepStatus?, limit: Int, maxBytes: Int
    ) throws(Failure) -> Page<StepOutcome>
    /// The first finished step from a sequence on; nil when there is none.
    func stepSpan(run: Int64, from sequence: Int64) throws(Failure) -> StepSpan?
    /// How many own steps the run has of each status that any has.
    func stepCounts(run: Int64) throws(Failure) -> [(status: StepStatus, count: Int64)]
    /// Steps of a run that have no outcome: running, waiting, backing off or unknown.
    func openSteps(run: Int64) throws(Failure) -> [StepRecord]
    /// Open steps of all runs (of one user, or of all) in `status`, oldest first; those with an outcome are not found.
    func steps(user: UserID?, status: StepStatus, limit: Int) throws(Failure) -> [StepRecord]
    /// Steps whose attempt or wait has run out of time, oldest first.
    func steps(expiredAt now: Instant, limit: Int) throws(Failure) -> [StepRecord]
    /// When the next attempt or wait runs out of time.
    func nextStepDeadline() throws(Failure) -> Instant?
    /// The steps that were begun to undo others, in the order of the journal.
    func compensations(run: Int64) throws(Failure) -> [String]
    /// Sums of every integer member of the usage that steps of the run and of all runs below it recorded, by name.
    func usage(run: Int64) throws(Failure) -> [(name: String, sum: Int64)]
}

/// Records steps and their outcomes for the owner of a run.
public protocol StepWriting: StepReading {
    /// Adds a step, under the next sequence, where the run's epoch is still `epoch`; throws `lease_lost` otherwise.
    func insertStep(_ outcome: StepOutcome, epoch: Int64) throws(Failure)
    /// The same for one that is not known to be new; false, and nothing is changed, where the run has a step of its
    /// name or another epoch.
    func addStep(_ outcome: StepOutcome, epoch: Int64) throws(Failure) -> Bool
    /// Writes record and outcome of the step, under a new sequence if it is completed now,
    /// where the run's epoch is still `epoch`;
    /// throws `lease_lost` otherwise.
    func updateStep(_ outcome: StepOutcome, epoch: Int64) throws(Failure)
    /// Opens the failed steps of a run again (back-off that is over),
    /// keeping their attempt numbers; returns their names.
    func forgetFailedSteps(run: Int64, epoch: Int64, now: Instant) throws(Failure) -> [String]
}
