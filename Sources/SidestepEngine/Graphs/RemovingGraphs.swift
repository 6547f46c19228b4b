import SidestepModel
import SidestepProtocol
import SidestepStore

/// Forgets a thread in all its namespaces; answers whether there was one.
public struct DeleteGraphThread: Command {
    /// The thread's id, of the caller's own user.
    public let thread: String

    /// A call of `graph.delete_thread`.
    public init(thread: String) { self.thread = thread }

    /// Takes it out of sight at once; its checkpoints are deleted in parts.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> Bool {
        let places = try store.hideGraphThread(user: call.graphUser, thread: thread)
        for place in places { try store.leave(.place, place, &call) }
        if !places.isEmpty { try store.note(act: "graph.delete_thread", thread, &call) }
        return !places.isEmpty
    }
}

/// Forgets the checkpoints that runs of graphs made, with the writes at them; answers with how many. Done part by part.
public struct DeleteGraphRuns: Command {
    /// An array of ids.
    public let runs: Payload

    private struct Place: Sendable {
        /// The place that is looked through; nil before the first.
        var place: Int64?
        var id = ""
        var found: [String] = []
        var deleted = 0
    }

    /// A call of `graph.delete_runs`; the runs are those of the graph's framework, not the daemon's.
    public init(runs: Payload) { self.runs = runs }

    /// Looks through all threads of the caller's user for checkpoints whose metadata have one of the runs as `run_id`.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> Int {
        let deleted = try deletePart(store, call)
        guard deleted > 0 else { return 0 }
        try store.note(
            act: "graph.delete_runs", nil, &call, detail: detail { $0.member("checkpoints", deleted) })
        return deleted
    }

    private func deletePart(_ store: any StoreTransaction, _ call: CallContext) throws -> Int {
        var at = call.progress() ?? Place()
        if at.place == nil { at.place = try store.graphPlace(user: call.graphUser, after: 0) }
        guard let place = at.place else { return at.deleted }
        let part = call.environment.settings.part
        if at.found.isEmpty {
            let looked = try store.graphCheckpoints(
                place: place, after: at.id, madeBy: runs, limit: part.looks)
            at.found = looked.filter(\.isMade).map(\.id)
            at.id = looked.last?.id ?? at.id
            if looked.count < part.looks, at.found.isEmpty {
                return try goOn(&at, behind: place, store, call)
            }
        }
        let gone = try store.deleteGraphCheckpoints(place: place, at.found, limit: part.rows)
        at.found.removeFirst(gone)
        at.deleted += gone
        throw KeepingWrites.waits(.turn(at))
    }

    private func goOn(
        _ at: inout Place, behind place: Int64, _ store: any StoreTransaction, _ call: CallContext
    ) throws -> Int {
        guard let next = try store.graphPlace(user: call.graphUser, after: place) else { return at.deleted }
        (at.place, at.id) = (next, "")
        throw KeepingWrites.waits(.turn(at))
    }
}
