/// One of the things that a wait waits for.
public struct WaitCondition: Sendable, Hashable {
    /// What has to come; stored by these words.
    public enum Kind: String, Sendable {
        /// A signal of this name, sent to the waiting run.
        case signal
        /// A promise of this name of the waiting run.
        case promise
        /// The end of the run of this id.
        case run
    }

    /// What it is that has to come, and so what `name` is the name of.
    public var kind: Kind
    /// The name of the signal or promise, or the id of the run.
    public var name: String

    /// One member of `any` in `wait.first`, or all that another wait waits for.
    public init(_ kind: Kind, _ name: String) {
        self.kind = kind
        self.name = name
    }
}

/// A named message to a run, buffered until a wait consumes it.
public struct SignalRecord: Sendable, Equatable {
    /// The store's own number, which grows as signals are sent: the oldest wait gets the least.
    public var key: Int64
    /// The key of the run it was sent to; 0 while that run is not made yet.
    public var run: Int64
    /// What a wait asks for; many signals of a run may have one name.
    public var name: String
    /// Unique in the run: a message that is sent again is recognised by it.
    public var messageID: String
    /// Who sent it.
    public var userID: UserID
    /// When it came.
    public var sent: Instant
    /// The step whose wait it ended.
    public var consumedBy: String?
    /// When it was consumed; nil while it is pending.
    public var consumed: Instant?
    /// What the sender gave along; nil when nothing.
    public var value: Payload?

    /// A signal that is still to be inserted, and that no wait has consumed.
    public init(run: Int64, name: String, messageID: String, userID: UserID, sent: Instant, value: Payload?) {
        key = 0
        self.run = run
        self.name = name
        self.messageID = messageID
        self.userID = userID
        self.sent = sent
        self.value = value
    }
}

/// A value that somebody else settles, once.
public struct PromiseRecord: Sendable, Equatable {
    /// Whether and how it was settled; stored and shown by these words.
    public enum Status: String, Sendable { case pending, resolved, rejected }

    /// The store's own number; 0 before it is inserted.
    public var key: Int64
    /// The key of the run it belongs to.
    public var run: Int64
    /// Unique in the run.
    public var name: String
    /// `pending` until the first who settles it; later ones change nothing.
    public var status = Status.pending
    /// When it was first named: by its run, or by whoever settled it before the run asked.
    public var created: Instant
    /// When it was settled; nil while it is pending.
    public var settled: Instant?
    /// The uid of who settled it.
    public var settledBy: UserID?
    /// What its run says of it, JSON, for whoever is to settle it.
    public var metadata: Payload?
    /// What it was resolved with.
    public var value: Payload?
    /// What it was rejected with.
    public var error: Payload?

    /// A promise that nobody has settled.
    public init(run: Int64, name: String, created: Instant) {
        key = 0
        self.run = run
        self.name = name
        self.created = created
    }
}
