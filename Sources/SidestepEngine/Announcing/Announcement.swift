import SidestepModel
import SidestepStore
import Synchronization

/// An entry of a run's journal with what a watcher needs to know of the run.
public struct Announcement: Sendable {
    /// The run as it stands after the commit, or when the journal was read for a watcher who catches up.
    public var run: RunRecord
    /// All tags of the run, by name; empty where no watch asks for them.
    public var tags: [(name: String, value: String)]
    /// What the watcher is sent; its sequence is where he goes on after a lost connection.
    public var entry: JournalEntry

    /// About how much memory it takes.
    public var bytes: Int { 200 + (entry.detail?.count ?? 0) }
}

/// How many watches there are: without one, nobody has to be told, and the runs are not looked up.
public final class WatcherCount: Sendable {
    private let count = Atomic<Int>(0)

    var isZero: Bool { count.load(ordering: .sequentiallyConsistent) == 0 }
    func add() { count.add(1, ordering: .sequentiallyConsistent) }
    /// One watch less; at none, calls look up no runs for watchers any more.
    public func remove() { count.subtract(1, ordering: .sequentiallyConsistent) }
}

extension Environment {
    /// Has the journals announced from now on, until as many watches have ended as have begun.
    public func watchBegins() { watchers.add() }

    /// A watch has ended, or could not begin.
    public func watchEnded() { watchers.remove() }
}

extension StoreTransaction {
    /// Passes on what the job wrote to journals: to traces and webhooks, in this very transaction, and to watchers.
    func announce(_ call: inout CallContext) throws -> [Announcement] {
        let notes = takeNotes()
        if notes.isEmpty { return [] }
        let isWatched = !call.environment.watchers.isZero
        let isTracing = call.environment.settings.isTracing
        var known: [Int64: (run: RunRecord, tags: [(name: String, value: String)])] = [:]
        var found: [Announcement] = []
        for note in notes {
            if isTracing { try trace(note, &call) }
            let isStatus = note.entry.isOfRun
            guard isWatched || isStatus else { continue }
            if known[note.run] == nil, let run = try run(key: note.run), run.userID != RunRecord.nobody {
                known[note.run] = (run, isWatched ? try runTags(key: run.key) : [])
            }
            guard let about = known[note.run] else { continue }
            if isStatus { try deliver(note.entry, of: about.run, &call) }
            if isWatched { found.append(Announcement(run: about.run, tags: about.tags, entry: note.entry)) }
        }
        return found
    }
}
