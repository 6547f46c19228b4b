import SidestepEngine
import SidestepModel

/// Watches by whose runs they are about, and by the run, where they are about one: an entry of the journal finds those
/// that may want it, however many others there are.
struct WatchIndex {
    private struct Key: Hashable {
        /// nil: the runs of all users.
        let user: UserID?
        /// nil: all runs.
        let run: String?
    }

    private var watches: [Key: [ObjectIdentifier: Watch]] = [:]

    var isEmpty: Bool { watches.isEmpty }

    mutating func insert(_ watch: Watch) {
        watches[key(watch), default: [:]][ObjectIdentifier(watch)] = watch
    }

    mutating func remove(_ watch: Watch) {
        let key = key(watch)
        watches[key]?[ObjectIdentifier(watch)] = nil
        if watches[key]?.isEmpty == true { watches[key] = nil }
    }

    /// Calls `body` with the watches that a run may concern.
    func forEach(about run: RunRecord, _ body: (Watch) -> Void) {
        for user in [run.userID, nil] {
            for id in [run.id, nil] {
                guard let found = watches[Key(user: user, run: id)] else { continue }
                for watch in found.values { body(watch) }
            }
        }
    }

    private func key(_ watch: Watch) -> Key { Key(user: watch.filter.user, run: watch.filter.run) }
}
