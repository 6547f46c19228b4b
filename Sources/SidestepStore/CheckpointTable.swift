import SidestepModel

/// Looks at saved states and their histories: the tables `checkpoint`, `blob`, `branch` and `message`.
public protocol CheckpointReading: AnyObject {
    /// A checkpoint by the store's own number, with its state; nil when it was deleted.
    func checkpoint(key: Int64) throws(Failure) -> CheckpointRecord?
    /// A checkpoint by its id on the wire, of whichever run: whether the caller may see it, he looks himself.
    func checkpoint(id: String) throws(Failure) -> CheckpointRecord?
    /// A checkpoint by the SHA-256 of its resume token, of whichever run.
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
    /// Unique in the database: `Identifiers.checkpoint`, or that of an export.
    public var id: String
    /// The key of the run that saves it.
    public var run: Int64
    /// Whose it is: large values are shared among the checkpoints of one user, so that nobody can find out what another
    /// one has saved.
    public var user: UserID
    /// What its author calls it.
    public var name: String?
    /// The step number that its author gave.
    public var stepNumber: Int64?
    /// The messages as they are now; nil without any.
    public var history: HistoryPoint?
    /// The state; equal large ones of a user are stored once.
    public var state: Payload?
    /// The results of tools, stored as the state is.
    public var toolResults: Payload?
    /// The user's own JSON, always in the row.
    public var metadata: Payload?
    /// The SHA-256 of the resume token, unique in the database; the token itself is stored nowhere.
    public var tokenHash: [UInt8]
    /// When it is saved.
    public var created: Instant
    /// The place of the journal's entry about it.
    public var journalSequence: Int64 = 0

    /// A checkpoint with nothing in it yet.
    public init(id: String, run: Int64, user: UserID, tokenHash: [UInt8], created: Instant) {
        self.id = id
        self.run = run
        self.user = user
        self.tokenHash = tokenHash
        self.created = created
    }
}

/// Saves checkpoints, lengthens histories, and deletes what nothing needs any more.
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
