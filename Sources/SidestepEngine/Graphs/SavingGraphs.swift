import SidestepModel
import SidestepProtocol
import SidestepStore

/// A thread of a graph in one of its namespaces.
public struct GraphAddress: Sendable {
    /// The framework's own id of the thread.
    public let thread: String
    /// The graph within the thread: empty for the outermost, else that of a graph inside of it.
    public let namespace: String

    /// An address is of the caller's user; other users may use the same one for their own.
    public init(thread: String, namespace: String) {
        self.thread = thread
        self.namespace = namespace
    }
}

/// Saves a checkpoint of a graph with the values kept apart; one of the same id is replaced.
public struct PutGraph: Command {
    /// Where it is saved; the place is made with the first checkpoint there.
    public let address: GraphAddress
    /// The values kept apart from the state; equal ones are stored once.
    public let values: [(channel: String, value: GraphValue)]
    /// Its `place` is found by the address.
    public let checkpoint: GraphCheckpoint

    /// A call of `graph.put`.
    public init(
        _ address: GraphAddress, _ checkpoint: GraphCheckpoint, values: [(channel: String, value: GraphValue)]
    ) {
        self.address = address
        self.checkpoint = checkpoint
        self.values = values
    }

    /// Writes the checkpoint and those values that are not there yet.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws {
        var checkpoint = checkpoint
        checkpoint.place = try store.addGraphPlace(
            user: call.graphUser, thread: address.thread, namespace: address.namespace)
        try store.saveGraphCheckpoint(checkpoint, values: values)
    }
}

/// Saves what a task wrote; what is there already is kept, or replaced.
public struct PutGraphWrites: Command {
    /// The thread and namespace of the checkpoint.
    public let address: GraphAddress
    /// The id of the checkpoint that the writes are at; it may come after them.
    public let checkpoint: String
    /// What one task wrote, each with its index in the task.
    public let writes: [GraphWrite]
    /// Whether a write of the same task and index is replaced; else the first one stays.
    public let replace: Bool

    /// A call of `graph.put_writes`.
    public init(_ address: GraphAddress, checkpoint: String, writes: [GraphWrite], replace: Bool) {
        self.address = address
        self.checkpoint = checkpoint
        self.writes = writes
        self.replace = replace
    }

    /// Writes them all in one transaction; sent again, nothing changes.
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
    var graphUser: UserID { peer.uid }
}
