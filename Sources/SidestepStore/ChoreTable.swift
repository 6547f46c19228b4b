import SidestepModel

/// What a commit leaves to be done a bit at a time.
public enum ChoreKind: String, Sendable, CaseIterable {
    /// Rows of what was taken out of everybody's sight: a conversation, a place of a graph, a webhook with its
    /// deliveries, the items of a stream that was compacted.
    case conversation, place, webhook, stream
    /// Children that follow the run to its end; waits for the end of the run.
    case children, waits
}

/// A chore that is not done yet.
public struct ChoreRecord: Sendable, Equatable {
    public var key: Int64
    public var kind: ChoreKind
    /// The key of what it is about.
    public var target: Int64
    /// How far it is; the meaning is the kind's.
    public var position: Int64
    public var detail: Payload?

    public init(key: Int64, kind: ChoreKind, target: Int64, position: Int64, detail: Payload?) {
        self.key = key
        self.kind = kind
        self.target = target
        self.position = position
        self.detail = detail
    }
}

public protocol ChoreReading: AnyObject {
    /// The one to be done next: what others wait for goes before what only takes up room.
    func firstChore() throws(Failure) -> ChoreRecord?
}

public protocol ChoreWriting: ChoreReading {
    func addChore(_ kind: ChoreKind, target: Int64, detail: Payload?) throws(Failure)
    /// Leaves it as chores to delete what was being copied when an earlier daemon ended.
    func abandonCopies() throws(Failure)
    func moveChore(_ key: Int64, to position: Int64) throws(Failure)
    func finishChore(_ key: Int64) throws(Failure)
    /// Deletes at most about `limit` rows of what was taken out of sight, and no more than keeps nobody waiting.
    /// - Returns: whether all of it is gone.
    func deleteRows(of kind: ChoreKind, _ target: Int64, limit: Int) throws(Failure) -> Bool
}
