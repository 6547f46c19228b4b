import SidestepModel

/// Reads of one consistent snapshot: all that was told of before it was asked for, nothing that was not committed.
///
/// A store hands it to a closure and takes it back: it is never kept.
public protocol StoreReader: RunReading, StepReading, CheckpointReading, StateReading, JournalReading,
    QueueReading, WaitReading, SignalReading, PromiseReading, LimitReading, ClockReading,
    ScheduleReading, StreamReading, ArtifactReading, EventReading, WebhookReading, AnnouncementReading,
    ForkReading, RemovalReading, StatisticsReading, TransferReading, GraphReading,
    ConversationReading, MemoryReading, ExecutionReading, ActReading, ChoreReading, RecordingReading,
    UsageReading, TraceReading, ViewReading, SpaceReading
{}

/// Reads and writes of one request, inside the writer's transaction: it sees what it wrote, and what the jobs before it
/// in the same commit wrote.
///
/// Every statement that acts for a run takes the epoch it believes in and compares it at the write;
/// a write that meets another epoch changes nothing and throws `lease_lost`.
public protocol StoreTransaction: StoreReader, RunWriting, StepWriting, CheckpointWriting, StateWriting,
    JournalWriting, QueueWriting, WaitWriting, SignalWriting, PromiseWriting, LimitWriting, ClockWriting,
    ScheduleWriting, StreamWriting, ArtifactWriting, EventWriting, WebhookWriting, AnnouncementWriting,
    ForkWriting, RemovalWriting, TransferWriting, GraphWriting, ConversationWriting,
    MemoryWriting, ExecutionWriting, ActWriting, ChoreWriting, RecordingWriting, UsageWriting,
    TraceWriting, ViewWriting
{}

/// One request on its way through the writer: synchronous code that reads, decides and writes.
public protocol WriteJob: AnyObject, Sendable {
    /// Whose it is: users have their turns at the writer.
    var user: UserKey { get }
    /// About how many bytes it may write.
    var weight: Int { get }
    /// What it does to the space on the disk.
    var space: SpaceUse { get }

    /// Does the work; what it throws takes back all that it wrote, and nothing of another job.
    ///
    /// On any thread, and perhaps more than once: a store whose transaction is lost before its commit performs the job
    /// again. What it leaves in memory is what the last performance left; it counts nothing up and wakes nobody.
    /// A failure of the disk ends the whole commit, also when the job has caught it.
    func perform(_ transaction: any StoreTransaction) throws(Failure)
}

/// The one way into the database: many jobs to a commit, all of which stands or nothing does.
///
/// Jobs of one user are performed in the order in which they were submitted; between users there is no order. Each
/// job is told of once, after its commit, to the `StoreListener` that the store was opened with: with a failure when
/// nothing of its batch stands. After a sync that failed nothing is written any more (`StoreEnd`).
public protocol StoreWriter: Sendable {
    /// Queues jobs. May perform them and tell of them before it returns.
    func submit(_ jobs: [any WriteJob])
    /// Says whether several users are there: then no batch is long, so that nobody waits for a flood of another's.
    func serve(severalUsers: Bool)
}

extension WriteJob {
    /// The daemon's own work.
    public var user: UserKey { -1 }
    /// As light as most of that work: it fills no commit.
    public var weight: Int { 0 }
    /// Refused on a full disk; a job that records or frees something says so itself.
    public var space: SpaceUse { .grows }
}

/// Snapshot reads beside the writer: neither waits for the other.
public protocol StoreReaders: Sendable {
    /// Runs `work` on a reader's thread; users have their turns. It is told so when there is no snapshot to be had.
    func read(
        for user: UserKey, _ work: @escaping @Sendable (Result<any StoreReader, Failure>) -> Void)
    /// Says whether several users are there: then none has all threads.
    func serve(severalUsers: Bool)
}

/// Part of a longer list.
public struct Page<Item> {
    /// A part of the list, in its order.
    public var items: [Item]
    /// Whether there is more behind the last item.
    public var hasMore: Bool

    /// A page of which the reader knows whether it is the last.
    public init(items: [Item], hasMore: Bool) {
        self.items = items
        self.hasMore = hasMore
    }

    /// A page of what was found when one more was asked for than fits.
    public init(_ found: [Item], limit: Int) {
        self.init(items: Array(found.prefix(limit)), hasMore: found.count > limit)
    }
}

extension Page: Sendable where Item: Sendable {}
