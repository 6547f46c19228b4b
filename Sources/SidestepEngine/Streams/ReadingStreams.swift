import SidestepModel
import SidestepProtocol
import SidestepStore

extension StoreReader {
    /// Items from an index on, until `limit` or about `maxBytes`; at least one if there is any.
    func streamItems(_ stream: StreamRecord, from: Int64, limit: Int64, maxBytes: Int) throws -> [RawJSON] {
        var items: [RawJSON] = []
        var bytes = 0
        for chunk in try streamChunks(stream: stream.key, from: from, maxItems: limit, maxBytes: maxBytes) {
            for item in RawJSON(validated: chunk.items).elements.dropFirst(Int(max(0, from - chunk.start))) {
                if Int64(items.count) == limit || (bytes >= maxBytes && !items.isEmpty) { return items }
                items.append(item)
                bytes += item.bytes.count
            }
        }
        return items
    }
}

/// Waits until a stream has what its reader has not seen, or has ended.
public struct AwaitStream: Command {
    /// The id of a run that the caller may see; its newest generation is meant.
    public let run: String
    /// The stream's name; it need not be opened yet.
    public let stream: String
    /// The index of the first item that the reader has not seen.
    public let from: Int64
    /// How long to wait for it; 0 answers at once.
    public let waitMilliseconds: Int64

    /// The first half of `stream.read`; the items are read after its commit, by `ReadStream`.
    public init(run: String, stream: String, from: Int64, waitMilliseconds: Int64) {
        self.run = run
        self.stream = stream
        self.from = from
        self.waitMilliseconds = waitMilliseconds
    }

    /// - Returns: the run, for the reading that follows.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> Int64 {
        let run = try store.visibleRun(run, call)
        let known = try store.stream(run: run.key, name: stream)
        let hasNews = known.map { $0.next > from || $0.closed != nil } ?? false
        if hasNews || run.status.isClosed || call.waitExpired || waitMilliseconds == 0 { return run.key }
        throw Wait(
            [.stream(run.key, stream), .run(run.key)],
            until: call.arrived.advanced(byMilliseconds: waitMilliseconds))
    }
}

/// Items of a stream from an index on.
public struct ReadStream: Sendable {
    /// The stream's name; one that was never opened has no items.
    public let stream: String
    /// The index to begin at, from 0.
    public let from: Int64
    /// Items of one reply at most.
    public let limit: Int64
    /// About how many bytes of items one reply has at most; one item is always there.
    public let maxBytes: Int

    /// The second half of `stream.read`, for the run that `AwaitStream` has found.
    public init(stream: String, from: Int64, limit: Int64, maxBytes: Int) {
        self.stream = stream
        self.from = from
        self.limit = limit
        self.maxBytes = maxBytes
    }

    /// What a reader gets, and where he goes on.
    public struct Result: Sendable {
        /// The items as they were appended, in their order.
        public var items: [RawJSON]
        /// The index of the first item; behind `from` when those between were dropped.
        public var from: Int64
        /// The index to go on from.
        public var next: Int64
        /// Whether nothing follows.
        public var isClosed: Bool
        /// What the stream came to; nil before its end, or when it was closed without one.
        public var final: Payload?
    }

    /// Reads one snapshot; `run` is the store's number, and a run that is gone counts as closed.
    public func answer(_ store: any StoreReader, run: Int64) throws -> Result {
        let isOver = try store.run(key: run)?.status.isClosed ?? true
        guard let stream = try store.stream(run: run, name: stream) else {
            return Result(items: [], from: from, next: from, isClosed: isOver, final: nil)
        }
        if stream.isCompacted {
            let end = max(from, stream.next)
            return Result(items: [], from: end, next: end, isClosed: true, final: stream.final)
        }
        let items = try store.streamItems(stream, from: from, limit: limit, maxBytes: maxBytes)
        let next = from + Int64(items.count)
        let isClosed = next >= stream.next && (stream.closed != nil || isOver)
        return Result(
            items: items, from: from, next: next, isClosed: isClosed, final: isClosed ? stream.final : nil)
    }
}

/// The streams of a run.
public struct ListStreams: Query {
    /// The id of a run that the caller may see; its newest generation is meant.
    public let run: String

    /// A call of `stream.list`.
    public init(run: String) { self.run = run }

    /// Answers with them in the order in which they were opened.
    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> [StreamRecord] {
        try store.streams(run: store.visibleRun(run, call).key)
    }
}
