import Synchronization

/// Ids of runs that were granted on one connection: they tell a lost lease from none.
///
/// The loop changes it, the writer asks. It holds the runs that the connection has, and of those that it had the last
/// ones, between one and two generations of them: a worker has thousands in its life, and what it sends late is about
/// the run before.
public final class GrantedRuns: Sendable {
    private static let generation = 128

    private struct Ids {
        var held: Set<String> = []
        var ended: Set<String> = []
        var older: Set<String> = []
    }

    private let ids = Mutex(Ids())

    /// - Parameter ids: what was granted before.
    public init(_ ids: some Sequence<String> = []) {
        for id in ids { insert(id) }
    }

    /// Notes that the run was granted on this connection; called by the server when the grant is on disk.
    public func insert(_ id: String) { ids.withLock { _ = $0.held.insert(id) } }

    /// The run has an end, or another owner.
    public func end(_ id: String) {
        ids.withLock { ids in
            guard ids.held.remove(id) != nil else { return }
            if ids.ended.count == Self.generation { (ids.older, ids.ended) = (ids.ended, []) }
            ids.ended.insert(id)
        }
    }

    func contains(_ id: String) -> Bool {
        ids.withLock { $0.held.contains(id) || $0.ended.contains(id) || $0.older.contains(id) }
    }

    /// One of them; nil when there is none.
    var any: String? { ids.withLock { $0.held.first ?? $0.ended.first ?? $0.older.first } }

    /// How many are remembered.
    var count: Int { ids.withLock { $0.held.count + $0.ended.count + $0.older.count } }
}
