/// A point in a message history: the first `length` messages of `branch`.
public struct HistoryPoint: Sendable, Equatable {
    public var branch: Int64
    public var length: Int64

    public init(branch: Int64, length: Int64) {
        self.branch = branch
        self.length = length
    }
}

/// Saved agent state as the store holds it.
public struct CheckpointRecord: Sendable, Equatable {
    /// Also its sequence: grows with every checkpoint of the database.
    public var key: Int64
    public var id: String
    public var run: Int64
    public var name: String?
    public var stepNumber: Int64?
    public var history: HistoryPoint?
    public var state: Payload?
    public var toolResults: Payload?
    public var metadata: Payload?
    public var created: Instant
    /// The place of the journal's entry about it.
    public var journalSequence: Int64 = 0

    public init(key: Int64, id: String, run: Int64, created: Instant) {
        self.key = key
        self.id = id
        self.run = run
        self.created = created
    }

    public var messageCount: Int64 { history?.length ?? 0 }
}
