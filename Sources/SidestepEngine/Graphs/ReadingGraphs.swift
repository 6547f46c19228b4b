import SidestepModel
import SidestepProtocol
import SidestepStore

/// A checkpoint with its values and the writes at it.
public struct GraphView: Sendable {
    /// The record, with the state but for the channels kept apart.
    public var checkpoint: GraphCheckpoint
    /// The channels that are kept apart from the state, each with its value.
    public var values: [(channel: String, value: GraphValue)]
    /// The writes at it, in the order in which the graph applies them.
    public var writes: [GraphWrite]

    init(_ checkpoint: GraphCheckpoint, _ store: any StoreReader) throws {
        self.checkpoint = checkpoint
        values = try store.graphValues(checkpoint: checkpoint.key)
        writes = try store.graphWrites(place: checkpoint.place, checkpoint: checkpoint.id)
    }
}

/// A checkpoint of a graph: the one asked for, or the newest; nil when there is none.
public struct GetGraph: Query {
    /// The thread and namespace to look in.
    public let address: GraphAddress
    /// The checkpoint's id; nil is the newest, since ids sort by age.
    public let checkpoint: String?

    /// A call of `graph.get`.
    public init(_ address: GraphAddress, checkpoint: String?) {
        self.address = address
        self.checkpoint = checkpoint
    }

    /// Answers with the checkpoint; on the wire nil leaves `found` out.
    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> GraphView? {
        guard
            let place = try store.graphPlace(
                user: call.graphUser, thread: address.thread, namespace: address.namespace),
            let found = try store.graphCheckpoint(place: place, id: checkpoint)
        else { return nil }
        return try GraphView(found, store)
    }
}

/// Checkpoints of graphs, the newest first.
public struct ListGraphs: Query {
    private let make: @Sendable (UserID) -> GraphFilter

    /// A call of `graph.list`; `make` builds the filter for the caller's uid, which only the call tells.
    public init(_ make: @escaping @Sendable (_ user: UserID) -> GraphFilter) { self.make = make }

    /// Answers with a page, each checkpoint with its values and writes.
    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> Page<GraphView> {
        let page = try store.graphCheckpoints(make(call.graphUser))
        return Page(items: try page.items.map { try GraphView($0, store) }, hasMore: page.hasMore)
    }
}

/// What one channel got along the ancestors of a checkpoint.
public struct GraphHistory: Sendable {
    /// The channel that was asked for.
    public var channel: String
    /// The oldest first.
    public var writes: [GraphWrite] = []
    /// The value at the nearest ancestor that has one, kept apart.
    public var seed: GraphValue?
    /// The state of that ancestor, when the value is part of it.
    public var holder: GraphValue?
}

/// Walks the ancestors of a checkpoint for the writes of channels, each back to its last snapshot.
public struct GraphDeltaHistory: Query {
    /// The thread and namespace to look in.
    public let address: GraphAddress
    /// The id of the checkpoint whose ancestors are walked; nil is the newest. Its own writes do not count.
    public let checkpoint: String?
    /// Channels that are kept as deltas; each has its history, in this order.
    public let channels: [String]

    /// A call of `graph.delta_history`.
    public init(_ address: GraphAddress, checkpoint: String?, channels: [String]) {
        self.address = address
        self.checkpoint = checkpoint
        self.channels = channels
    }

    /// Answers with one history for each channel, empty ones where there is no such checkpoint.
    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> [GraphHistory] {
        var histories = channels.map { GraphHistory(channel: $0) }
        guard
            let place = try store.graphPlace(
                user: call.graphUser, thread: address.thread, namespace: address.namespace),
            let target = try store.graphCheckpoint(place: place, id: checkpoint)
        else { return histories }
        // Collected from the newest to the oldest, and turned round at the end.
        var open = Set(histories.indices)
        var walk = GraphAncestors(target)
        while !open.isEmpty, let ancestor = try walk.next(store) {
            let writes = try store.graphWrites(place: place, checkpoint: ancestor.id)
            let values = try store.graphValues(checkpoint: ancestor.key)
            for index in open {
                let channel = histories[index].channel
                histories[index].writes += writes.reversed().filter { $0.channel == channel }
                histories[index].seed = values.first { $0.channel == channel }?.value
                if ancestor.holds(channel) { histories[index].holder = ancestor.value }
                if histories[index].seed != nil || histories[index].holder != nil { open.remove(index) }
            }
        }
        for index in histories.indices { histories[index].writes.reverse() }
        return histories
    }
}

/// The ancestors of a checkpoint, the nearest first; a ring in the data ends the walk.
struct GraphAncestors {
    private var current: GraphCheckpoint
    private var seen: Set<String>

    init(_ checkpoint: GraphCheckpoint) {
        current = checkpoint
        seen = [checkpoint.id]
    }

    mutating func next(_ store: any StoreReader) throws -> GraphCheckpoint? {
        guard let parent = current.parent, seen.insert(parent).inserted,
            let found = try store.graphCheckpoint(place: current.place, id: parent)
        else { return nil }
        current = found
        return found
    }
}

extension GraphCheckpoint {
    /// Whether the state itself has a value of the channel.
    func holds(_ channel: String) -> Bool { Self.names(channels).contains(channel) }

    static func names(_ payload: Payload?) -> [String] {
        payload.map { RawJSON(validated: $0).elements.compactMap(\.string) } ?? []
    }
}
