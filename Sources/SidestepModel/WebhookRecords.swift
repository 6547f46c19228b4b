/// Where a user wants to be told of events.
public struct WebhookRecord: Sendable, Equatable {
    /// The store's own number; 0 before it is put.
    public var key: Int64
    /// Unique together with the user.
    public var name: String
    /// Whose events and runs it is told of.
    public var userID: UserID
    /// Where deliveries are posted; whether it may be reached is looked at with every letter.
    public var url: String
    /// The names of what it is told of: events, and `run.` kinds of the journal.
    public var events: [NamePattern]
    /// The name of the credential that signs; never the secret itself.
    public var secret: String?
    /// Further headers, an object of strings.
    public var headers: Payload?
    /// Whether nothing is sent for now.
    public var isPaused: Bool
    /// How many attempts a delivery gets before it is dead.
    public var maxAttempts: Int64
    /// When it was first put.
    public var created: Instant
    /// When it was last put, also as it was.
    public var updated: Instant

    /// A webhook as `webhook.put` makes it by default.
    public init(
        key: Int64 = 0, name: String, userID: UserID, url: String, events: [NamePattern], now: Instant
    ) {
        self.key = key
        self.name = name
        self.userID = userID
        self.url = url
        self.events = events
        isPaused = false
        maxAttempts = Self.defaultAttempts
        created = now
        updated = now
    }

    /// Attempts before a delivery is given up: with the delays of `retry` about five hours.
    public static let defaultAttempts: Int64 = 12
    /// Deliveries of one webhook that wait to be sent; past it new ones are dead at once.
    public static let pendingLimit = 10_000
    /// How long a delivered delivery is kept, milliseconds.
    public static let keptMilliseconds: Int64 = 7 * 86_400_000

    /// When a failed attempt is followed by the next one.
    public var retry: RetryPolicy {
        var policy = RetryPolicy()
        policy.maxAttempts = maxAttempts
        policy.initialMilliseconds = 1000
        policy.factor = 3
        policy.maxMilliseconds = 3_600_000
        return policy
    }
}

/// What became of a delivery.
public enum DeliveryStatus: String, Sendable, CaseIterable {
    /// It is sent, or waits for its next attempt.
    case pending
    /// The receiver took it.
    case delivered
    /// Its attempts are used up; `webhook.redeliver` sends it again.
    case dead
}

/// One event on its way to one webhook.
public struct DeliveryRecord: Sendable, Equatable {
    /// The store's own number, which grows with every delivery; 0 before it is inserted.
    public var key: Int64
    /// What a receiver knows it by, however often it comes.
    public var id: String
    /// The key of the webhook.
    public var webhook: Int64
    /// The name of the event, or the kind of the journal's entry.
    public var event: String
    /// The place of that event in the journal: receivers order by it, as letters may overtake.
    public var sequence: Int64
    /// What is sent.
    public var body: Payload
    /// Changes once, from `pending`; only redelivery takes it back there.
    public var status: DeliveryStatus
    /// Attempts made so far; redelivery counts from 0 again.
    public var attempts: Int64
    /// When the next attempt is due; nil unless it is pending.
    public var nextAttempt: Instant?
    /// The receiver's last answer.
    public var httpStatus: Int64?
    /// Why the last attempt failed.
    public var problem: String?
    /// When it was written, in the commit of its event.
    public var created: Instant
    /// When it was taken or given up; nil while it is pending.
    public var finished: Instant?

    /// The daemon that sends it, as in `ProcessIdentity`.
    public var place: Int64

    /// A delivery that is due at once.
    public init(
        key: Int64 = 0, id: String, webhook: Int64, event: String, sequence: Int64, body: Payload,
        created: Instant, place: Int64 = 0
    ) {
        self.place = place
        self.key = key
        self.id = id
        self.webhook = webhook
        self.event = event
        self.sequence = sequence
        self.body = body
        status = .pending
        attempts = 0
        nextAttempt = created
        self.created = created
    }
}
