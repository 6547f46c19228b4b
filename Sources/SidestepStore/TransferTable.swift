import SidestepModel

/// A branch of messages as a run's checkpoints need it.
public struct BranchPart: Sendable, Equatable {
    public var key: Int64
    /// What it begins with.
    public var parent: HistoryPoint?
    /// How far it is needed, its parent's part included.
    public var length: Int64

    public init(key: Int64, parent: HistoryPoint?, length: Int64) {
        self.key = key
        self.parent = parent
        self.length = length
    }
}

public protocol TransferReading: AnyObject {
    /// The last place in the journal that anything of the run has.
    func lastSequence(run: Int64) throws(Failure) -> Int64
    /// The branches that the run's checkpoints stand on and those they begin with, parents first.
    func branchParts(run: Int64) throws(Failure) -> [BranchPart]
    func tokenHash(checkpoint key: Int64) throws(Failure) -> [UInt8]
}

public protocol TransferWriting: TransferReading {
    /// Adds a run out of everybody's sight, with everything that is known of it but its owner.
    func insertHidden(_ run: RunRecord, id: String, input: Payload?) throws(Failure) -> Int64
    /// The hidden run of this id.
    func hiddenRun(id: String) throws(Failure) -> RunRecord?
    /// Gives a hidden run its user and id.
    func publish(run: Int64, id: String, user: UInt32) throws(Failure)
    /// The branches of a run in the order in which they were made.
    func branches(of run: Int64) throws(Failure) -> [Int64]
    /// Appends an entry as another daemon wrote it.
    func appendEntry(run: Int64, _ entry: JournalEntry) throws(Failure) -> Int64
    /// Gives up one hidden run, or with nil all of them.
    func abandonImports(run: Int64?) throws(Failure)
}
