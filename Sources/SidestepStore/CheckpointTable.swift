import SidestepModel

public protocol CheckpointReading: AnyObject {
    func checkpoint(key: Int64) throws(Failure) -> CheckpointRecord?
    func checkpoint(id: String) throws(Failure) -> CheckpointRecord?
    func checkpoint(tokenHash: [UInt8]) throws(Failure) -> CheckpointRecord?
    /// The newest checkpoint of a run, or the newest of that name.
    func latestCheckpoint(run: Int64, name: String?) throws(Failure) -> CheckpointRecord?
    /// Newest first, older than `before`, without state and tool results.
    func checkpoints(run: Int64, before: Int64?, limit: Int) throws(Failure) -> Page<CheckpointRecord>
    /// Messages `range` of a history, in order, until about `maxBytes`;
    /// always at least one if the range has any.
    func messages(_ point: HistoryPoint, _ range: Range<Int64>, maxBytes: Int) throws(Failure) -> [Payload]
    /// The number of messages on a branch, those it shares with its parents included.
    func branchLength(_ branch: Int64) throws(Failure) -> Int64
}

/// A checkpoint to be written.
public struct NewCheckpoint: Sendable {
    public var id: String
    public var run: Int64
    /// Whose it is: large values are shared among the checkpoints of one user, so that nobody can find out what another
    /// one has saved.
    public var user: UInt32
    public var name: String?
    public var stepNumber: Int64?
    public var history: HistoryPoint?
    public var state: Payload?
    public var toolResults: Payload?
    public var metadata: Payload?
    public var tokenHash: [UInt8]
    public var created: Instant
    /// The place of the journal's entry about it.
    public var journalSequence: Int64 = 0

    public init(id: String, run: Int64, user: UInt32, tokenHash: [UInt8], created: Instant) {
        self.id = id
        self.run = run
        self.user = user
        self.tokenHash = tokenHash
        self.created = created
    }
}

public protocol CheckpointWriting: CheckpointReading {
    /// Saves a checkpoint where the run's epoch is still `epoch`. Large values of one user are stored once by content.
    /// - Returns: its key and the payload bytes that were new to that user.
    func insertCheckpoint(_ new: NewCheckpoint, epoch: Int64) throws(Failure) -> (key: Int64, newBytes: Int64)
    /// Starts a branch that shares the first messages of `parent`; nil starts an empty history.
    func insertBranch(run: Int64, parent: HistoryPoint?) throws(Failure) -> Int64
    /// Adds messages behind position `position` of a branch.
    func appendMessages(_ messages: [Payload], branch: Int64, position: Int64) throws(Failure)
    /// Deletes one checkpoint, or all of the run with a key below `before` (nil: all),
    /// and what nothing refers to any more.
    func deleteCheckpoints(
        run: Int64, key: Int64?, before: Int64?, limit: Int
    ) throws(Failure) -> (deleted: Int, isDone: Bool)
    /// Deletes messages that no checkpoint and no other branch needs, about `limit`, in the branches below one.
    /// - Returns: below which branch to go on; nil at the end.
    func deleteUnneededMessages(run: Int64, below branch: Int64, limit: Int) throws(Failure) -> Int64?
}
