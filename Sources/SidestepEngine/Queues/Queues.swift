import SidestepModel
import SidestepProtocol
import SidestepStore

/// A queue with how many runs wait in it and how many of it run.
public struct QueueView: Sendable {
    public var queue: QueueRecord
    public var waiting: Int64
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
    public let queue: String
    public var concurrency: Int64?
    public var keyConcurrency: Int64?
    public var rate: Rate?

    public init(queue: String) { self.queue = queue }

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
    public let queue: String
    public let isPaused: Bool

    public init(queue: String, isPaused: Bool) {
        self.queue = queue
        self.isPaused = isPaused
    }

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
    public let queue: String

    public init(queue: String) { self.queue = queue }

    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> QueueView {
        try store.view(
            try store.queue(user: call.peer.uid, name: queue)
                ?? QueueRecord(userID: call.peer.uid, name: queue))
    }
}

/// The queues that were put or have runs.
public struct ListQueues: Query {
    public init() {}

    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> [QueueView] {
        try store.queues(user: call.visibleUser).map { try store.view($0) }
    }
}
