/// A value of a graph: bytes, and the name of the serializer that made them.
public struct GraphValue: Sendable, Equatable {
    public var type: String
    public var data: [UInt8]

    public init(type: String, data: [UInt8]) {
        self.type = type
        self.data = data
    }
}

/// One saved state of a graph.
public struct GraphCheckpoint: Sendable {
    public var key: Int64 = 0
    /// The key of the thread and namespace.
    public var place: Int64
    /// Unique in its place; later ones sort behind earlier ones.
    public var id: String
    public var parent: String?
    /// The state but for those channels that are kept apart.
    public var value: GraphValue
    public var metadata: Payload
    /// The channels that `value` holds: a JSON array of names.
    public var channels: Payload?
    /// The channels whose state is only in the writes since their last snapshot: a JSON array of names.
    public var deltas: Payload?
    public var thread = ""
    public var namespace = ""

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
    public var task: String
    public var path: String
    /// Its number in the task; negative for the special channels.
    public var index: Int64
    public var channel: String
    public var value: GraphValue

    public init(task: String, path: String, index: Int64, channel: String, value: GraphValue) {
        self.task = task
        self.path = path
        self.index = index
        self.channel = channel
        self.value = value
    }
}
