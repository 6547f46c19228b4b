import SidestepModel
import SidestepStore

/// Copies a thread, in all its namespaces, to another one. Done part by part, the oldest first, so that the target has
/// a whole history at any time.
public struct CopyGraphThread: Command {
    /// The thread's id, of the caller's own user; one that there is none of copies nothing.
    public let thread: String
    /// The id of the thread that is copied to; what it has already stays as it is.
    public let target: String

    /// How far it is.
    private struct Place: Sendable {
        /// Places to come; nil before the first part.
        var places: [(from: Int64, to: Int64)]?
        /// The id that is copied, and how far its writes are; nil writes: it is copied wholly.
        var id = ""
        var writes: GraphWritePlace?
    }

    /// A call of `graph.copy_thread`.
    public init(thread: String, target: String) {
        self.thread = thread
        self.target = target
    }

    /// Copies a part and comes again until all is copied; to itself it does nothing.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws {
        guard thread != target else { return }
        var at = call.progress() ?? Place()
        var places = try at.places ?? begin(store, call)
        guard let (place, copy) = places.last else { return }
        if try copyPart(&at, place, copy, store, call.environment.settings.part) {
            places.removeLast()
            (at.id, at.writes) = ("", nil)
        }
        at.places = places
        if !places.isEmpty { throw KeepingWrites.waits(.turn(at)) }
    }

    private func begin(
        _ store: any StoreTransaction, _ call: CallContext
    ) throws -> [(from: Int64, to: Int64)] {
        try store.graphPlaces(user: call.graphUser, thread: thread).map { place in
            let copy = try store.addGraphPlace(
                user: call.graphUser, thread: target, namespace: place.namespace)
            return (place.key, copy)
        }
    }

    /// - Returns: whether all of the place is copied.
    private func copyPart(
        _ at: inout Place, _ place: Int64, _ copy: Int64, _ store: any StoreTransaction, _ part: WorkPart
    ) throws -> Bool {
        var (rows, bytes) = (0, 0)
        while rows < part.rows, bytes < part.bytes {
            if at.writes == nil {
                guard let next = try store.nextGraphID(place: place, after: at.id) else { return true }
                (at.id, at.writes) = (next, .first)
            }
            let last = try store.copyGraphWrites(
                from: place, to: copy, at: at.id, after: at.writes ?? .first, limit: part.rows,
                maxBytes: part.bytes)
            at.writes = last
            if last != nil { return false }
            bytes += try store.copyGraphCheckpoint(from: place, to: copy, at.id)
            rows += 1
        }
        return false
    }
}
