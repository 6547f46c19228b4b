import SidestepModel

/// Reads of one consistent snapshot. A store hands it to a closure and takes it back: it is never kept.
public protocol StoreReader: RunReading, StepReading, CheckpointReading, StateReading, JournalReading,
    QueueReading, WaitReading, SignalReading, PromiseReading, LimitReading, ClockReading,
    ScheduleReading, StreamReading, ArtifactReading, EventReading, WebhookReading, AnnouncementReading,
    ForkReading, RemovalReading, StatisticsReading, TransferReading, GraphReading,
    ConversationReading, ExecutionReading, ActReading
{}

/// Reads and writes of one request, inside the writer's transaction.
///
/// Every statement that acts for a run takes the epoch it believes in and compares it at the write;
/// a write that meets another epoch changes nothing and throws `lease_lost`.
public protocol StoreTransaction: StoreReader, RunWriting, StepWriting, CheckpointWriting, StateWriting,
    JournalWriting, QueueWriting, WaitWriting, SignalWriting, PromiseWriting, LimitWriting, ClockWriting,
    ScheduleWriting, StreamWriting, ArtifactWriting, EventWriting, WebhookWriting, AnnouncementWriting,
    ForkWriting, RemovalWriting, TransferWriting, GraphWriting, ConversationWriting,
    ExecutionWriting, ActWriting
{}

/// One request on its way through the writer.
public protocol WriteJob: AnyObject, Sendable {
    /// Does the work inside a savepoint; a thrown failure rolls back this job alone.
    /// Called once, on any thread.
    func perform(_ transaction: any StoreTransaction) throws(Failure)
}

/// The one way into the database: jobs in the order given, many to a commit.
public protocol StoreWriter: Sendable {
    /// Queues jobs; they are performed in order, and told of after their commit to
    /// whom the writer was made for.
    func submit(_ jobs: [any WriteJob])
}

/// Snapshot reads beside the writer.
public protocol StoreReaders: Sendable {
    /// Runs `work` on a reader's thread.
    func read(_ work: @escaping @Sendable (any StoreReader) -> Void)
}

/// Part of a longer list.
public struct Page<Item> {
    public var items: [Item]
    /// Whether there is more behind the last item.
    public var hasMore: Bool

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
