import SidestepModel

/// Looks at queues and at runs that wait in them: the tables `queue` and `run`.
public protocol QueueReading: AnyObject {
    /// The queue as it was put; nil when nobody put it.
    func queue(user: UserID, name: String) throws(Failure) -> QueueRecord?
    /// Queues that were put, and those that have open runs.
    func queues(user: UserID?) throws(Failure) -> [QueueRecord]
    /// Runs of the queue that have an owner.
    func runningRuns(user: UserID, queue: String) throws(Failure) -> Int64
    /// Runs of the queue that wait for one.
    func waitingRuns(user: UserID, queue: String) throws(Failure) -> Int64
    /// The ids of runs of the queue (and of this concurrency key) that have owners, the longest owned first.
    func ownedRuns(user: UserID, queue: String, key: String?, limit: Int) throws(Failure) -> [String]
    /// Runs of one concurrency key that have an owner.
    func runningRuns(user: UserID, queue: String, key: String) throws(Failure) -> Int64
    /// How many runs of its queue go before it; counted up to 100 000.
    func runsBefore(_ run: RunRecord) throws(Failure) -> Int64
    /// The run that a worker gets next: the highest priority, then the oldest, of those whose time has come.
    ///
    /// - Parameters:
    ///   - version: the worker's code version; runs that were pinned to another one are not for it.
    ///   - keyConcurrency: how many runs of one concurrency key may run at once.
    func readyRun(
        user: UserID, queue: String, workflow: String, version: String?, keyConcurrency: Int64?
    ) throws(Failure) -> RunRecord?
    /// The open run of the queue with this de-duplication key.
    func openRun(user: UserID, queue: String, dedupKey: String) throws(Failure) -> RunRecord?
    /// Runs whose delay is over and which a worker may have now, soonest first, a hundred at most.
    func runs(startableAt now: Instant) throws(Failure) -> [RunRecord]
    /// Open runs whose request to end, deadline or time to be claimed has passed, a hundred at most.
    func runs(endingAt now: Instant) throws(Failure) -> [RunRecord]
    /// When the next delay, deadline, grace or time to be claimed is over.
    func nextRunDue() throws(Failure) -> Instant?
}

/// Writes queues, with what is left of their rates.
public protocol QueueWriting: QueueReading {
    /// Adds the queue or changes it.
    func saveQueue(_ queue: QueueRecord) throws(Failure)
}
