/// A point in a message history: the first `length` messages of `branch`.
public struct HistoryPoint: Sendable, Equatable {
    /// The key of the branch, which may begin with messages of another one.
    public var branch: Int64
    /// How many messages, those that the branch has from its parent included.
    public var length: Int64

    /// The first `length` messages of a branch; nothing here looks whether it has so many.
    public init(branch: Int64, length: Int64) {
        self.branch = branch
        self.length = length
    }
}

/// Saved agent state as the store holds it.
public struct CheckpointRecord: Sendable, Equatable {
    /// Also its sequence: grows with every checkpoint of the database.
    public var key: Int64
    /// Its name on the wire, `checkpoint`: unique in the database, made by the daemon.
    public var id: String
    /// The key of the run that saved it.
    public var run: Int64
    /// What its author called it; several may have one name, and the newest of it is meant.
    public var name: String?
    /// The step number that its author gave; the daemon notes it and compares it with nothing.
    public var stepNumber: Int64?
    /// The messages as they were; nil when there was no history.
    public var history: HistoryPoint?
    /// The saved state; nil when none was given, and in lists.
    public var state: Payload?
    /// The saved results of tools; nil when none were given, and in lists.
    public var toolResults: Payload?
    /// The user's own JSON; lists show it.
    public var metadata: Payload?
    /// When it was saved.
    public var created: Instant
    /// The place of the journal's entry about it.
    public var journalSequence: Int64 = 0

    /// A checkpoint with nothing in it; whoever reads or saves one sets the rest.
    public init(key: Int64, id: String, run: Int64, created: Instant) {
        self.key = key
        self.id = id
        self.run = run
        self.created = created
    }

    /// How many messages its history has; 0 without one.
    public var messageCount: Int64 { history?.length ?? 0 }
}
