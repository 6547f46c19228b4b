/// A queue with what limits it; one that nobody put has no limits.
public struct QueueRecord: Sendable, Equatable {
    /// Whose runs wait in it; another user's queue of the same name is another one.
    public var userID: UserID
    /// Unique together with the user.
    public var name: String
    /// Nothing is handed out while it is paused.
    public var isPaused = false
    /// Runs of the queue at once; nil is without limit.
    public var concurrency: Int64?
    /// Runs of one concurrency key at once.
    public var keyConcurrency: Int64?
    /// Runs begun in a span of time.
    public var rate: Rate?
    /// What is left of `rate`; unused without one.
    public var bucket = TokenBucket()

    /// A queue without limits, as it is when nobody put it.
    public init(userID: UserID, name: String) {
        self.userID = userID
        self.name = name
    }
}
