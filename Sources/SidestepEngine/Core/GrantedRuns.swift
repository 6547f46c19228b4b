import Synchronization

/// Ids of runs that were granted on one connection: they tell a lost lease from none.
///
/// The loop adds, the writer asks. A worker is granted thousands in its life, so only the last ones are kept: between
/// one and two generations of them.
public final class GrantedRuns: Sendable {
    private static let generation = 8192

    private struct Ids {
        var new: Set<String> = []
        var old: Set<String> = []
    }

    private let ids = Mutex(Ids())

    /// - Parameter ids: what was granted before.
    public init(_ ids: some Sequence<String> = []) {
        for id in ids { insert(id) }
    }

    public func insert(_ id: String) {
        ids.withLock { ids in
            if ids.new.count == Self.generation { (ids.old, ids.new) = (ids.new, []) }
            ids.new.insert(id)
        }
    }

    func contains(_ id: String) -> Bool { ids.withLock { $0.new.contains(id) || $0.old.contains(id) } }

    /// One of them; nil when there is none.
    var any: String? { ids.withLock { $0.new.first ?? $0.old.first } }
}
