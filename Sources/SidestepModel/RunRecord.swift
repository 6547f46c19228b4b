/// One generation of a run as the store holds it, without its payloads.
public struct RunRecord: Sendable, Equatable {
    /// The store's own number; never shown.
    public var key: Int64
    /// The user's name for it; unique together with the owner's uid and the generation.
    public var id: String
    /// Whose it is; `nobody` when it was removed and some of its rows are still there.
    public var userID: UserID
    /// From 1; counts beginnings from nothing under one id, those of removed runs included.
    public var generation: Int64
    /// Unique for this generation; the first part of idempotency keys.
    public var uid: String
    /// The name by which workers claim it; a stand-in until somebody names one.
    public var workflow: String
    /// Changed by what happens to it alone: `after`.
    public internal(set) var status: RunStatus
    /// Why it is paused; nil in any other status.
    public var reason: PauseReason?
    /// Attempts of the run as a whole, this one included.
    public var attempt: Int64
    /// Deaths of owners without progress in between.
    public var interruptions: Int64
    /// How many `interruptions` it stands: one more pauses it (`crash_loop`).
    public var maxInterruptions: Int64
    /// Counts the grants of this id: a lease of an older epoch writes nothing more.
    public var epoch: Int64
    /// Who owns it and since when; nil unless it is `running`.
    public var lease: HeldLease?
    /// The hash of the newest lease's secret. It outlives the lease when the owner only lost its connection:
    /// such an owner may come back as long as nobody else was granted the run.
    public var secretHash: [UInt8]?
    /// The version of the code that last went on with it; nil when no owner named one, or none holds any more.
    public var codeVersion: String?
    /// Whether another fingerprint of a finished step is refused (false: only noted).
    public var refusesMismatch: Bool
    /// The run's retry policy as it was given, JSON.
    public var retry: Payload?
    /// The user's own JSON, shown with the run.
    public var metadata: Payload?
    /// When the daemon asks it to end, so that it fails with `deadline_exceeded`; nil is never.
    public var deadline: Instant?
    /// When it may go on: the end of a delay or back-off, or a date. nil is at once.
    public var nextAttempt: Instant?
    /// The checkpoint whose history the next one goes on from.
    public var head: Int64?
    /// Where it waits for a worker.
    public var placement = Placement()
    /// The run that it belongs to.
    public var parent: Int64?
    /// Whether it goes on when its parent closes.
    public var isDetached = false
    /// Whether its workflow undoes what it did when it is cancelled: it is then given an owner for that.
    public var compensates = false
    /// Set once somebody (or its deadline) asked it to end.
    public var cancellation: Cancellation?
    /// Milliseconds that owners have had it, up to the end of the last lease.
    public var ownedMilliseconds: Int64 = 0
    /// Whether a step was refused for lack of budget: the run is paused as soon as nothing of it runs.
    public var isExhausted = false
    /// When this generation was made.
    public var created: Instant
    /// When something last happened to the run as a whole; what its steps do is not counted.
    public var updated: Instant
    /// When it ended; nil while it is open.
    public var closed: Instant?
    /// Where it takes its first records from, if it is a fork.
    public var origin: RunOrigin?
    /// The span of a trace that it is below, as whoever began it said: W3C Trace Context. Nil begins a trace.
    public var traceparent: String?

    /// The user of removed runs: no user has this number (setreuid(2)), so nobody sees them.
    public static let nobody = UserID(
        .max
    )
    /// What the id of nobody's run begins with while it is being imported.
    public static let importing = "import/"

    /// - Parameter status: where it stands: a new run is `queued`; elsewhere stands only what is read from a store or
    ///   an export.
    public init(
        key: Int64, id: String, userID: UserID, generation: Int64, uid: String, workflow: String,
        now: Instant,
        status: RunStatus = .queued
    ) {
        self.key = key
        self.id = id
        self.userID = userID
        self.generation = generation
        self.uid = uid
        self.workflow = workflow
        self.status = status
        attempt = 1
        interruptions = 0
        maxInterruptions = 10
        epoch = 0
        refusesMismatch = true
        created = now
        updated = now
    }
}

/// The lease in force.
public struct HeldLease: Sendable, Equatable {
    /// The process that may write, and what ends its lease.
    public var owner: Owner
    /// The connection it was granted on, by its random number.
    public var session: Int64
    /// When it runs out unless it is renewed; nil unless the owner's kind is `ttl`.
    public var expires: Instant?
    /// The boot during which the owner's start time counts.
    public var boot: String
    /// The journal's sequence when it was granted: what came later is progress of this owner.
    public var grantedSequence: Int64

    /// A grant; the hash of its secret is `RunRecord.secretHash`.
    public init(
        owner: Owner, session: Int64, expires: Instant?, boot: String, grantedSequence: Int64
    ) {
        self.owner = owner
        self.session = session
        self.expires = expires
        self.boot = boot
        self.grantedSequence = grantedSequence
    }
}
