import SidestepModel

/// A branch of messages as a run's checkpoints need it.
public struct BranchPart: Sendable, Equatable {
    /// The key of the branch in this store; an export numbers branches anew.
    public var key: Int64
    /// What it begins with.
    public var parent: HistoryPoint?
    /// How far it is needed, its parent's part included.
    public var length: Int64

    /// A branch up to where it is needed.
    public init(key: Int64, parent: HistoryPoint?, length: Int64) {
        self.key = key
        self.parent = parent
        self.length = length
    }
}

/// Reads what an export has of a run and no other call asks for.
public protocol TransferReading: AnyObject {
    /// The last place in the journal that anything of the run has.
    func lastSequence(run: Int64) throws(Failure) -> Int64
    /// The branches that checkpoints saved up to these places stand on and those they begin with, parents first.
    func branchParts(_ places: [RunOrigin]) throws(Failure) -> [BranchPart]
    /// The first checkpoint behind this key of those that were saved before a place in the journal.
    func checkpoint(run: Int64, after key: Int64, before sequence: Int64) throws(Failure) -> CheckpointRecord?
    /// The run's first artifact behind this key, with its content.
    func artifact(run: Int64, after key: Int64) throws(Failure) -> ArtifactRecord?
    /// The SHA-256 of a checkpoint's resume token, which an export takes along.
    func tokenHash(checkpoint key: Int64) throws(Failure) -> [UInt8]
}

/// Takes in a run line by line, out of everybody's sight until its last line has come.
public protocol TransferWriting: TransferReading {
    /// Adds a run out of everybody's sight, with everything that is known of it but its owner.
    ///
    /// - Parameter place: the daemon that takes it in.
    func insertHidden(
        _ run: RunRecord, id: String, input: Payload?, place: Int64
    ) throws(Failure) -> Int64
    /// The hidden run of this id.
    func hiddenRun(id: String) throws(Failure) -> RunRecord?
    /// Adds an event of a hidden run, out of everybody's sight as well.
    func insertHidden(_ event: EventRecord) throws(Failure)
    /// The event of this id that was added so for the run.
    func hiddenEvent(run: Int64, id: String) throws(Failure) -> EventRecord?
    /// Gives a hidden run its user and id, and its events their user. An event's id that the user has used
    /// stays with the event that was first.
    func publish(run: Int64, id: String, user: UserID) throws(Failure)
    /// The branches of a run in the order in which they were made.
    func branches(of run: Int64) throws(Failure) -> [Int64]
    /// Appends an entry as another daemon wrote it.
    func appendEntry(run: Int64, _ entry: JournalEntry) throws(Failure) -> Int64
    /// Gives up one hidden run.
    func abandonImport(run: Int64) throws(Failure)
    /// Gives up all hidden runs that a daemon takes in (`ProcessIdentity.place`): none outlives it.
    func abandonImports(place: Int64) throws(Failure)
}
