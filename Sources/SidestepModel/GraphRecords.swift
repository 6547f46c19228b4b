/// A value of a graph: bytes, and the name of the serializer that made them.
public struct GraphValue: Sendable, Equatable {
    /// The serializer's name, for whoever reads the bytes; the daemon compares it with nothing.
    public var type: String
    /// Stored as they are; base 64 on the wire.
    public var data: [UInt8]

    /// A value as its serializer made it.
    public init(type: String, data: [UInt8]) {
        self.type = type
        self.data = data
    }
}

/// One saved state of a graph.
public struct GraphCheckpoint: Sendable {
    /// The store's own number; 0 before it is saved.
    public var key: Int64 = 0
    /// The key of the thread and namespace.
    public var place: Int64
    /// Unique in its place; later ones sort behind earlier ones.
    public var id: String
    /// The id of the checkpoint in the same place that it came from; nil of a first one.
    public var parent: String?
    /// The state but for those channels that are kept apart.
    public var value: GraphValue
    /// A JSON object: `graph.list` filters by its members, `graph.delete_runs` by its `run_id`.
    public var metadata: Payload
    /// The channels that `value` holds: a JSON array of names.
    public var channels: Payload?
    /// The channels whose state is only in the writes since their last snapshot: a JSON array of names.
    public var deltas: Payload?
    /// The thread of its place, for results; saving goes by `place` alone.
    public var thread = ""
    /// The namespace of its place, likewise; empty is the graph's own.
    public var namespace = ""

    /// A checkpoint that is still to be saved, without channels that are named.
    public init(place: Int64, id: String, parent: String?, value: GraphValue, metadata: Payload) {
        self.place = place
        self.id = id
        self.parent = parent
        self.value = value
        self.metadata = metadata
    }
}

/// What a task of a graph wrote to a channel.
public struct GraphWrite: Sendable {
    /// The id of the task; writes at one checkpoint are told apart by it and `index`.
    public var task: String
    /// Where the task stands in the graph: writes are applied in the order of this first.
    public var path: String
    /// Its number in the task; negative for the special channels.
    public var index: Int64
    /// The name of the channel.
    public var channel: String
    /// What was written to it.
    public var value: GraphValue

    /// A write; the checkpoint that it stands at may come later than it.
    public init(task: String, path: String, index: Int64, channel: String, value: GraphValue) {
        self.task = task
        self.path = path
        self.index = index
        self.channel = channel
        self.value = value
    }
}
