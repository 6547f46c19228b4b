/// One of the things that a wait waits for.
public struct WaitCondition: Sendable, Hashable {
    public enum Kind: String, Sendable {
        /// A signal of this name, sent to the waiting run.
        case signal
        /// A promise of this name of the waiting run.
        case promise
        /// The end of the run of this id.
        case run
    }

    public var kind: Kind
    public var name: String

    public init(_ kind: Kind, _ name: String) {
        self.kind = kind
        self.name = name
    }
}

/// A named message to a run, buffered until a wait consumes it.
public struct SignalRecord: Sendable, Equatable {
    public var key: Int64
    public var run: Int64
    public var name: String
    /// Unique in the run: a message that is sent again is recognised by it.
    public var messageID: String
    public var userID: UInt32
    public var sent: Instant
    /// The step whose wait it ended.
    public var consumedBy: String?
    public var consumed: Instant?
    public var value: Payload?

    public init(run: Int64, name: String, messageID: String, userID: UInt32, sent: Instant, value: Payload?) {
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
    public enum Status: String, Sendable { case pending, resolved, rejected }

    public var key: Int64
    public var run: Int64
    public var name: String
    public var status = Status.pending
    public var created: Instant
    public var settled: Instant?
    public var settledBy: UInt32?
    public var metadata: Payload?
    public var value: Payload?
    public var error: Payload?

    public init(run: Int64, name: String, created: Instant) {
        key = 0
        self.run = run
        self.name = name
        self.created = created
    }
}
