import SidestepModel
import SidestepProtocol
import SidestepStore

/// A queue with how many runs wait in it and how many of it run.
public struct QueueView: Sendable {
    /// Its limits, as they were put; a queue that nobody put has none.
    public var queue: QueueRecord
    /// Runs that are `queued` or `interrupted`, those whose time has not come among them; `queued` on the wire.
    public var waiting: Int64
    /// Runs that have an owner: those that `concurrency` counts.
    public var running: Int64
}

extension StoreReader {
    func view(_ queue: QueueRecord) throws(Failure) -> QueueView {
        QueueView(
            queue: queue, waiting: try waitingRuns(user: queue.userID, queue: queue.name),
            running: try runningRuns(user: queue.userID, queue: queue.name))
    }
}

/// Says what limits a queue; whoever puts it again replaces the limits.
public struct PutQueue: Command {
    /// The queue's name, of the caller's own user.
    public let queue: String
    /// Runs of it that may have owners at once; nil is without limit.
    public var concurrency: Int64?
    /// The same for the runs of one concurrency key; nil is without limit.
    public var keyConcurrency: Int64?
    /// How many runs may be handed out in a span of time; nil is without limit.
    public var rate: Rate?

    /// A call of `queue.put`; limits that are not set are none.
    public init(queue: String) { self.queue = queue }

    /// Answers with the queue; workers that wait for a place look again. The same limits again change nothing.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> QueueView {
        var record =
            try store.queue(user: call.peer.uid, name: queue)
            ?? QueueRecord(userID: call.peer.uid, name: queue)
        let before = record
        // A new rate begins with a full bucket; the same one keeps what was taken from it.
        if record.rate != rate { record.bucket = TokenBucket() }
        record.concurrency = concurrency
        record.keyConcurrency = keyConcurrency
        record.rate = rate
        try store.saveQueue(record)
        call.after(.changed(.place(call.peer.uid, queue)))
        // A program that puts its queues whenever it starts changes nothing.
        if record != before { try store.note(act: "queue.put", queue, &call) }
        return try store.view(record)
    }
}

/// Stops handing out the runs of a queue, or goes on with it.
public struct PauseQueue: Command {
    /// The queue's name, of the caller's own user; it need not have been put.
    public let queue: String
    /// False lets workers have its runs again.
    public let isPaused: Bool

    /// A call of `queue.pause`.
    public init(queue: String, isPaused: Bool) {
        self.queue = queue
        self.isPaused = isPaused
    }

    /// Answers with the queue; runs that have owners go on, and `resume` heeds no queue.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> QueueView {
        var record =
            try store.queue(user: call.peer.uid, name: queue)
            ?? QueueRecord(userID: call.peer.uid, name: queue)
        record.isPaused = isPaused
        try store.saveQueue(record)
        call.after(.changed(.place(call.peer.uid, queue)))
        try store.note(
            act: "queue.pause", queue, &call, detail: detail { $0.member("paused", isPaused) })
        return try store.view(record)
    }
}

/// One queue; one that nobody put is there, too, and has no limits.
public struct GetQueue: Query {
    /// The queue's name, of the caller's own user.
    public let queue: String

    /// A call of `queue.get`.
    public init(queue: String) { self.queue = queue }

    /// Answers with the queue, whether there is anything in it or not.
    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> QueueView {
        try store.view(
            try store.queue(user: call.peer.uid, name: queue)
                ?? QueueRecord(userID: call.peer.uid, name: queue))
    }
}

/// The queues that were put or have runs.
public struct ListQueues: Query {
    /// A call of `queue.list`, which has no parameters.
    public init() {}

    /// Answers with the caller's queues; an administrator sees those of all users.
    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> [QueueView] {
        try store.queues(user: call.visibleUser).map { try store.view($0) }
    }
}
