import SidestepModel
import SidestepProtocol
import SidestepStore

/// A checkpoint with its values and the writes at it.
public struct GraphView: Sendable {
    public var checkpoint: GraphCheckpoint
    public var values: [(channel: String, value: GraphValue)]
    public var writes: [GraphWrite]

    init(_ checkpoint: GraphCheckpoint, _ store: any StoreReader) throws {
        self.checkpoint = checkpoint
        values = try store.graphValues(checkpoint: checkpoint.key)
        writes = try store.graphWrites(place: checkpoint.place, checkpoint: checkpoint.id)
    }
}

/// A checkpoint of a graph: the one asked for, or the newest; nil when there is none.
public struct GetGraph: Query {
    public let address: GraphAddress
    public let checkpoint: String?

    public init(_ address: GraphAddress, checkpoint: String?) {
        self.address = address
        self.checkpoint = checkpoint
    }

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
    private let make: @Sendable (Int64) -> GraphFilter

    public init(_ make: @escaping @Sendable (_ user: Int64) -> GraphFilter) { self.make = make }

    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> Page<GraphView> {
        let page = try store.graphCheckpoints(make(call.graphUser))
        return Page(items: try page.items.map { try GraphView($0, store) }, hasMore: page.hasMore)
    }
}

/// What one channel got along the ancestors of a checkpoint.
public struct GraphHistory: Sendable {
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
    public let address: GraphAddress
    public let checkpoint: String?
    public let channels: [String]

    public init(_ address: GraphAddress, checkpoint: String?, channels: [String]) {
        self.address = address
        self.checkpoint = checkpoint
        self.channels = channels
    }

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
