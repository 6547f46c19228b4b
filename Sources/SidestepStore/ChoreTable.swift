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
    /// The store's own number; chores of one urgency are done in its order.
    public var key: Int64
    /// What is to be done, and with that what the other members mean.
    public var kind: ChoreKind
    /// The key of what it is about.
    public var target: Int64
    /// How far it is; the meaning is the kind's.
    public var position: Int64
    /// What the engine needs besides, JSON: the request to end, or the end that is waited for.
    public var detail: Payload?

    /// A chore as it stands in the store.
    public init(key: Int64, kind: ChoreKind, target: Int64, position: Int64, detail: Payload?) {
        self.key = key
        self.kind = kind
        self.target = target
        self.position = position
        self.detail = detail
    }
}

/// Looks for work that a commit left, in the table `chore`.
public protocol ChoreReading: AnyObject {
    /// The one to be done next: what others wait for goes before what only takes up room.
    func firstChore() throws(Failure) -> ChoreRecord?
}

/// Leaves work, does it a bit at a time, and takes the row away when it is done.
public protocol ChoreWriting: ChoreReading {
    /// Leaves a chore at position 0, in the commit that makes it necessary.
    func addChore(_ kind: ChoreKind, target: Int64, detail: Payload?) throws(Failure)
    /// Leaves it as chores to delete what was being copied when an earlier daemon ended.
    func abandonCopies() throws(Failure)
    /// Notes how far a chore is, in the commit of the part that was done.
    func moveChore(_ key: Int64, to position: Int64) throws(Failure)
    /// Deletes a chore that is done.
    func finishChore(_ key: Int64) throws(Failure)
    /// Deletes at most about `limit` rows of what was taken out of sight, and no more than keeps nobody waiting.
    /// - Returns: whether all of it is gone.
    func deleteRows(of kind: ChoreKind, _ target: Int64, limit: Int) throws(Failure) -> Bool
}
