import SidestepModel
import SidestepProtocol
import SidestepStore

/// Forgets a thread in all its namespaces; answers whether there was one.
public struct DeleteGraphThread: Command {
    public let thread: String

    public init(thread: String) { self.thread = thread }

    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> Bool {
        guard try store.deleteGraphThread(user: call.graphUser, thread: thread) > 0 else { return false }
        try store.note(act: "graph.delete_thread", thread, &call)
        return true
    }
}

/// Forgets the checkpoints that runs of graphs made, with the writes at them; answers with how many.
public struct DeleteGraphRuns: Command {
    /// An array of ids.
    public let runs: Payload

    public init(runs: Payload) { self.runs = runs }

    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> Int {
        let deleted = try store.deleteGraphRuns(user: call.graphUser, runs: runs)
        guard deleted > 0 else { return 0 }
        try store.note(
            act: "graph.delete_runs", nil, &call, detail: detail { $0.member("checkpoints", deleted) })
        return deleted
    }
}

/// Forgets all checkpoints of threads but the newest of each namespace and what its state depends on.
public struct PruneGraphs: Command {
    public let threads: [String]

    public init(threads: [String]) { self.threads = threads }

    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> Int {
        var deleted = 0
        for thread in threads {
            for place in try store.graphPlaces(user: call.graphUser, thread: thread) {
                deleted += try prune(place.key, thread, place.namespace, store, call)
            }
        }
        guard deleted > 0 else { return 0 }
        try store.note(act: "graph.prune", nil, &call, detail: detail { $0.member("checkpoints", deleted) })
        return deleted
    }

    private func prune(
        _ place: Int64, _ thread: String, _ namespace: String, _ store: any StoreTransaction,
        _ call: CallContext
    ) throws -> Int {
        guard let newest = try store.graphCheckpoint(place: place, id: nil) else { return 0 }
        let kept = try needed(newest, store)
        var deleted = 0
        var filter = GraphFilter(user: call.graphUser)
        filter.thread = thread
        filter.namespace = namespace
        while true {
            let page = try store.graphCheckpoints(filter)
            for checkpoint in page.items where !kept.contains(checkpoint.id) {
                try store.deleteGraphCheckpoint(checkpoint)
                deleted += 1
            }
            guard page.hasMore, let last = page.items.last else { return deleted }
            filter.after = (last.id, last.key)
        }
    }

    /// A channel of deltas has its state in the writes since its last snapshot: the ancestors back to there stay.
    private func needed(_ newest: GraphCheckpoint, _ store: any StoreReader) throws -> Set<String> {
        var kept: Set = [newest.id]
        var open = Set(GraphCheckpoint.names(newest.deltas))
        open.subtract(try populated(newest, store))
        var walk = GraphAncestors(newest)
        while !open.isEmpty, let ancestor = try walk.next(store) {
            kept.insert(ancestor.id)
            open.subtract(try populated(ancestor, store))
        }
        return kept
    }

    private func populated(_ checkpoint: GraphCheckpoint, _ store: any StoreReader) throws -> [String] {
        GraphCheckpoint.names(checkpoint.channels)
            + (try store.graphValues(checkpoint: checkpoint.key)).map(\.channel)
    }
}
