/// Where and in which order a run waits for a worker.
public struct Placement: Sendable, Equatable {
    /// The queue of a run that named none.
    public static let defaultQueue = "default"

    /// The name of its queue, one of its user's; workers say which ones they serve.
    public var queue = Self.defaultQueue
    /// Higher ones go first; the older one among equals.
    public var priority: Int64 = 0
    /// Runs of one key share the queue's limit per key.
    public var concurrencyKey: String?
    /// While a run with this key is open, another one of the queue is the same run.
    public var dedupKey: String?
    /// Only a worker of this code version may have it.
    public var pinnedVersion: String?
    /// When it must have been claimed.
    public var startDeadline: Instant?
    /// Whether the run's next attempt has a date, which follows the wall clock, and not a delay.
    public var startsOnDate = false

    /// What holds when nobody says where: the default queue, priority 0, at once.
    public init() {}
}

/// A request to end a run: the owner may still undo what was done, until the grace is over.
public struct Cancellation: Sendable, Equatable {
    /// When somebody asked, or the deadline passed.
    public var requested: Instant
    /// When the run is closed, whatever its owner does.
    public var final: Instant
    /// Why, for people; `deadline` is the daemon's own.
    public var reason: String?

    /// The reason of a run that ran into its deadline.
    public static let deadline = "deadline"

    /// Asks at `requested` and closes at `final`: what lies between is the grace.
    public init(requested: Instant, final: Instant, reason: String?) {
        self.requested = requested
        self.final = final
        self.reason = reason
    }
}
