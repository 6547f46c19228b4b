import SidestepModel

/// What is left of a removed run.
public struct Tombstone: Sendable, Equatable {
    /// The last generation there was.
    public var generation: Int64
    /// The last epoch that was granted.
    public var epoch: Int64

    /// What a run of this id goes on from.
    public init(generation: Int64, epoch: Int64) {
        self.generation = generation
        self.epoch = epoch
    }
}

/// A place in the list of closed runs, the longest closed first.
public struct ClosedRun: Sendable, Equatable {
    /// When it was closed.
    public var closed: Instant
    /// The key of the run: the second part of the place.
    public var key: Int64
    /// Its workflow, for the rules of retention.
    public var workflow: String
    /// How it ended, for the rules as well.
    public var status: RunStatus
    /// Whose it is.
    public var userID: UserID

    /// What retention and pruning look at of a run, without reading its row.
    public init(closed: Instant, key: Int64, workflow: String, status: RunStatus, userID: UserID) {
        self.closed = closed
        self.key = key
        self.workflow = workflow
        self.status = status
        self.userID = userID
    }
}

/// Looks for what may be removed, and for what is left of it: `tombstone` and `retention`.
public protocol RemovalReading: AnyObject {
    /// What is left of the user's removed run of this id; nil when none was removed, or it is forgotten.
    func tombstone(user: UserID, id: String) throws(Failure) -> Tombstone?
    /// Closed runs behind `last` that were closed up to `before`.
    func closedRuns(after last: ClosedRun?, before: Instant, limit: Int) throws(Failure) -> [ClosedRun]
    /// Whether a child of it is open: the run is kept as long.
    func hasOpenChild(run: Int64) throws(Failure) -> Bool
    /// About how many bytes of payload a run has.
    func payloadBytes(run: Int64) throws(Failure) -> Int64
    /// In the order of workflow and status.
    func retentionRules() throws(Failure) -> [RetentionRule]
}

/// Removes runs: out of sight at once, their rows in batches.
public protocol RemovalWriting: RemovalReading {
    /// Takes a run that nobody owns out of everybody's sight; its rows go later. Leaves a tombstone.
    func removeRun(_ run: RunRecord, now: Instant) throws(Failure)
    /// Deletes at most about `limit` rows of removed runs, but for what forks need.
    /// - Returns: whether there is more to delete.
    func deleteRemoved(limit: Int) throws(Failure) -> Bool
    /// Forgets tombstones older than this, at most `limit`.
    func forgetTombstones(before: Instant, limit: Int) throws(Failure)
    /// Sets a rule; nil removes the one of that workflow and status.
    func setRetention(workflow: String?, status: RunStatus?, _ keep: RetentionRule.Keep?) throws(Failure)
}
