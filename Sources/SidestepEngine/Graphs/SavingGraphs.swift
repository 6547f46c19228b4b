import SidestepModel
import SidestepProtocol
import SidestepStore

/// A thread of a graph in one of its namespaces.
public struct GraphAddress: Sendable {
    public let thread: String
    public let namespace: String

    public init(thread: String, namespace: String) {
        self.thread = thread
        self.namespace = namespace
    }
}

/// Saves a checkpoint of a graph with the values kept apart; one of the same id is replaced.
public struct PutGraph: Command {
    public let address: GraphAddress
    public let values: [(channel: String, value: GraphValue)]
    /// Its `place` is found by the address.
    public let checkpoint: GraphCheckpoint

    public init(
        _ address: GraphAddress, _ checkpoint: GraphCheckpoint, values: [(channel: String, value: GraphValue)]
    ) {
        self.address = address
        self.checkpoint = checkpoint
        self.values = values
    }

    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws {
        var checkpoint = checkpoint
        checkpoint.place = try store.addGraphPlace(
            user: call.graphUser, thread: address.thread, namespace: address.namespace)
        try store.saveGraphCheckpoint(checkpoint, values: values)
    }
}

/// Saves what a task wrote; what is there already is kept, or replaced.
public struct PutGraphWrites: Command {
    public let address: GraphAddress
    public let checkpoint: String
    public let writes: [GraphWrite]
    public let replace: Bool

    public init(_ address: GraphAddress, checkpoint: String, writes: [GraphWrite], replace: Bool) {
        self.address = address
        self.checkpoint = checkpoint
        self.writes = writes
        self.replace = replace
    }

    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws {
        let place = try store.addGraphPlace(
            user: call.graphUser, thread: address.thread, namespace: address.namespace)
        for write in writes {
            try store.saveGraphWrite(write, place: place, checkpoint: checkpoint, replace: replace)
        }
    }
}

extension CallContext {
    /// Graphs belong to the user who saves them, and are seen by no one else.
    var graphUser: Int64 { Int64(peer.uid) }
}
