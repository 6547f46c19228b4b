import SidestepModel
import SidestepStore

/// Which runs a watch is about; nil does not restrict.
public struct WatchFilter: Sendable {
    /// The user whose runs these are; nil for an administrator, who sees all.
    public var user: UserID?
    /// The id of one run, all its generations; nil is about all runs.
    public var run: String?
    /// The workflow as the run has it now.
    public var workflow: String?
    /// All of these.
    public var tags: [(name: String, value: String)] = []

    /// A watch of all runs of one user, or of all users.
    public init(user: UserID?) { self.user = user }

    /// Whether the watch is told of this entry; all that is set has to fit.
    public func admits(_ announcement: Announcement) -> Bool {
        let run = announcement.run
        return (user ?? run.userID) == run.userID && (self.run ?? run.id) == run.id
            && (workflow ?? run.workflow) == run.workflow
            && tags.allSatisfy { tag in announcement.tags.contains { $0 == tag } }
    }
}

/// Begins a watch: from its commit on, every entry of a journal is announced.
///
/// Whoever asks says so before (`Environment.watchBegins`), so that no job can come between the sequence and the first
/// announcement.
public struct WatchRuns: Command {
    /// The id of the one run that the watch is about, which has to be there; nil is about all runs.
    public let run: String?

    /// The first half of `run.watch`: the server installs the watch when this has committed.
    public init(run: String?) { self.run = run }

    /// - Returns: the sequence up to which all is settled: what is announced from now on has a higher one.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> Int64 {
        if let run { _ = try store.visibleRun(run, call) }
        return try store.settledSequence()
    }
}

/// Entries that a watcher has not seen, up to where announcements take over.
public struct CatchUp: Sendable {
    /// Sequences that one look spans, so that it holds at most so many entries.
    public static let span: Int64 = 4096

    /// Which runs the watch is about.
    public let filter: WatchFilter
    /// The last sequence that the watcher has seen.
    public let after: Int64
    /// The last sequence to look at.
    public let end: Int64
    /// About how many bytes of entries one look brings; the rest comes with the next one.
    public let maxBytes: Int
    /// The runs under way at `after`, as the look before this one found them; nil for the first one.
    public let underWay: Set<Int64>?

    /// One look; the server makes the next from its `Result` until `upTo` is `end`.
    public init(filter: WatchFilter, after: Int64, end: Int64, maxBytes: Int, underWay: Set<Int64>?) {
        self.filter = filter
        self.after = after
        self.end = end
        self.maxBytes = maxBytes
        self.underWay = underWay
    }

    /// What one look has found.
    public struct Result: Sendable {
        /// The entries that match, in the order of their sequences.
        public var entries: [Announcement]
        /// How far was looked; all that matches up to there is among the entries.
        public var upTo: Int64
        /// The runs under way there; nil when they are to be found again.
        public var underWay: Set<Int64>?
    }

    /// Looks at up to `span` sequences in one snapshot; entries of runs that are removed are not there any more.
    public func answer(_ store: any StoreReader) throws -> Result {
        var result = Result(entries: [], upTo: min(end, after + Self.span), underWay: underWay)
        var bytes = 0
        var known: [Int64: (run: RunRecord, tags: [(name: String, value: String)])] = [:]
        for note in try notes(store, upTo: &result.upTo, &result.underWay) {
            if known[note.run] == nil, let run = try store.run(key: note.run), run.userID != RunRecord.nobody
            {
                known[note.run] = (run, filter.tags.isEmpty ? [] : try store.runTags(key: run.key))
            }
            guard let about = known[note.run] else { continue }
            let announcement = Announcement(run: about.run, tags: about.tags, entry: note.entry)
            guard filter.admits(announcement) else { continue }
            if bytes >= maxBytes {
                result.upTo = note.entry.sequence - 1
                result.underWay = nil
                return result
            }
            result.entries.append(announcement)
            bytes += announcement.bytes
        }
        return result
    }

    /// One run has its journal by an index; all runs are looked at through theirs.
    private func notes(
        _ store: any StoreReader, upTo limit: inout Int64, _ underWay: inout Set<Int64>?
    ) throws -> [JournalNote] {
        guard let run = filter.run else {
            return try store.journal(user: filter.user, after: after, upTo: &limit, underWay: &underWay)
        }
        var found: [JournalNote] = []
        var generation = try store.run(user: filter.user, id: run, generation: nil)
        while let record = generation {
            let page = try store.history(run: record.key, after: after, limit: Int(Self.span))
            if page.hasMore, let last = page.items.last { limit = min(limit, last.sequence) }
            found += page.items.map { JournalNote(run: record.key, entry: $0) }
            generation =
                record.generation > 1
                ? try store.run(user: record.userID, id: run, generation: record.generation - 1) : nil
        }
        let reached = limit
        return found.filter { $0.entry.sequence <= reached }.sorted { $0.entry.sequence < $1.entry.sequence }
    }
}
