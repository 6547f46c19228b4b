import SidestepModel
import SidestepProtocol
import SidestepStore

/// Forgets all checkpoints of threads but the newest of each namespace and what its state depends on. Done part by
/// part.
public struct PruneGraphs: Command {
    /// The ids of the threads, of the caller's own user; one that there is none of is passed over.
    public let threads: [String]

    /// How far it is.
    private struct Place: Sendable {
        /// Threads to come, the next one last, and the places of the one that is looked at.
        var threads: [String]
        var places: [Int64] = []
        var pruning: Pruning?
        var deleted = 0
    }

    /// How far it is with one place.
    private struct Pruning: Sendable {
        let newest: String
        /// The ancestor that is looked at for what the newest one depends on; nil when all of it is known.
        var ancestor: GraphLink?
        /// Channels whose last stored value is still to be found.
        var open: Set<String>
        var kept: Set<String>
        /// The last one that was looked at, and those that are to go.
        var last: String?
        var going: [String] = []
        var isLookedThrough = false

        init(_ newest: GraphLink, _ populated: [String]) {
            self.newest = newest.id
            ancestor = newest
            kept = [newest.id]
            open = Set(GraphCheckpoint.names(newest.deltas)).subtracting(populated)
        }
    }

    /// A call of `graph.prune`.
    public init(threads: [String]) { self.threads = threads }

    /// Answers with how many checkpoints are gone in all, when the last part is done.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> Int {
        let deleted = try prunePart(store, call)
        guard deleted > 0 else { return 0 }
        try store.note(act: "graph.prune", nil, &call, detail: detail { $0.member("checkpoints", deleted) })
        return deleted
    }

    private func prunePart(_ store: any StoreTransaction, _ call: CallContext) throws -> Int {
        var at = call.progress() ?? Place(threads: threads.reversed())
        while at.places.isEmpty {
            guard let thread = at.threads.popLast() else { return at.deleted }
            at.places = try store.graphPlaces(user: call.graphUser, thread: thread).map(\.key)
        }
        try go(on: &at, at.places[at.places.count - 1], store, call.environment.settings.part)
        if !(at.places.isEmpty && at.threads.isEmpty) { throw KeepingWrites.waits(.turn(at)) }
        return at.deleted
    }

    /// A part of the work at one place; the place is taken off the list at its end.
    private func go(
        on at: inout Place, _ place: Int64, _ store: any StoreTransaction, _ part: WorkPart
    ) throws {
        guard let newest = try store.graphLinks(place: place, below: nil, limit: 1).first else {
            at.places.removeLast()
            return
        }
        var pruning = try at.pruning ?? Pruning(newest, populated(newest, store))
        // What was saved meanwhile may hang on what was to go: it is looked at anew.
        if pruning.newest != newest.id { pruning = Pruning(newest, try populated(newest, store)) }
        if pruning.ancestor != nil {
            try findKept(&pruning, place, store, part.looks)
        } else if pruning.going.isEmpty, !pruning.isLookedThrough {
            let links = try store.graphLinks(place: place, below: pruning.last, limit: part.looks)
            pruning.last = links.last?.id ?? pruning.last
            pruning.going = links.map(\.id).filter { !pruning.kept.contains($0) }
            pruning.isLookedThrough = links.count < part.looks
        }
        let gone = try store.deleteGraphCheckpoints(place: place, pruning.going, limit: part.rows)
        pruning.going.removeFirst(gone)
        at.deleted += gone
        at.pruning = pruning
        guard pruning.isLookedThrough, pruning.going.isEmpty else { return }
        at.pruning = nil
        at.places.removeLast()
    }

    /// A channel of deltas has its state in the writes since its last snapshot: the ancestors back to there stay.
    private func findKept(
        _ pruning: inout Pruning, _ place: Int64, _ store: any StoreReader, _ looks: Int
    ) throws {
        for _ in 0..<looks {
            guard !pruning.open.isEmpty, let parent = pruning.ancestor?.parent,
                pruning.kept.insert(parent).inserted,
                let found = try store.graphLink(place: place, id: parent)
            else {
                pruning.ancestor = nil
                return
            }
            pruning.open.subtract(try populated(found, store))
            pruning.ancestor = found
        }
    }

    private func populated(_ link: GraphLink, _ store: any StoreReader) throws -> [String] {
        GraphCheckpoint.names(link.channels) + (try store.graphValueChannels(checkpoint: link.key))
    }
}
