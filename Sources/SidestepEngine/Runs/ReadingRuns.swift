import SidestepModel
import SidestepStore

/// A run with its tags and the id of its parent, as every method shows it.
public struct RunView: Sendable {
    /// The record as the store has it.
    public var run: RunRecord
    /// All tags of the run, by name.
    public var tags: [(name: String, value: String)]
    /// The id of the run it belongs to; nil for none, or one that is removed.
    public var parent: String?

    /// Looks up the tags and the parent of a run in the same snapshot or transaction.
    public init(_ run: RunRecord, _ store: any StoreReader) throws(Failure) {
        self.run = run
        tags = try store.runTags(key: run.key)
        parent = nil
        if let key = run.parent, let known = try store.run(key: key), known.userID != RunRecord.nobody {
            parent = known.id
        }
    }
}

/// All about one run.
public struct GetRun: Query {
    /// The id of a run that the caller may see.
    public let run: String
    /// Counts the beginnings under this id, from 1; nil is the newest.
    public let generation: Int64?

    /// A call of `run.get`.
    public init(run: String, generation: Int64?) {
        self.run = run
        self.generation = generation
    }

    /// The run with what is told of it: the members of the reply to `run.get`.
    public struct Result: Sendable {
        /// The run as every method shows it.
        public var view: RunView
        /// Its input, and its output or error once it has one.
        public var payloads: RunPayloads
        /// Sums of every integer member of recorded usage, the run and all below it together.
        public var usage: [(name: String, sum: Int64)]
        /// How many steps are in each status, those that a fork shares among them.
        public var steps: [(status: StepStatus, count: Int64)]
        /// How many recordings are in each state, those that a fork shares among them.
        public var recordings: [(state: RecordingState, count: Int64)]
        /// The id of its newest checkpoint; nil when it has none of its own.
        public var checkpoint: String?
        /// The names of its state values, without the values.
        public var state: [String]
        /// What it may use up and has used; time with the present owner counts.
        public var budget: [Budget]
        /// What it was forked from; nil for a run that is no fork.
        public var lineage: Lineage?
        /// The ids of runs that were forked from it, the oldest hundred.
        public var forks: [String]
        /// Its own span; nil when nobody is told of traces.
        public var traceparent: String?
    }

    /// Reads one snapshot; `run_not_found` when the caller sees no such generation.
    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> Result {
        let run = try store.visibleRun(run, generation: generation, call)
        return Result(
            view: try RunView(run, store),
            payloads: try store.runPayloads(key: run.key), usage: try store.usage(run: run.key),
            steps: try store.stepCounts(of: run), recordings: try store.recordingCounts(of: run),
            checkpoint: try store.latestCheckpoint(run: run.key, name: nil)?.id,
            state: try store.states(run: run.key).map(\.name),
            budget: try store.budgets(of: run, now: call.now),
            lineage: try store.lineage(of: run.key),
            forks: try store.forks(of: run.key, limit: 100), traceparent: call.traceparent(of: run))
    }
}

/// Runs, newest first.
public struct ListRuns: Query {
    /// What a run has to be like; with its `user` nil those of everybody whom the caller may see.
    public let filter: RunFilter
    /// The id of the run whose children are asked for.
    public let parent: String?
    /// Only runs made no longer ago than so many milliseconds.
    public var newerThan: Int64?
    /// Only runs made longer ago than so many milliseconds.
    public var olderThan: Int64?

    /// A call of `run.list`; `parent` becomes the filter's key of that run.
    public init(filter: RunFilter, parent: String? = nil) {
        self.filter = filter
        self.parent = parent
    }

    /// One page of a list.
    public struct Result {
        /// The runs of the page, the newest first.
        public var runs: [RunView]
        /// The key of the last one, for the next page; nil on the last page.
        public var cursor: Int64?
    }

    /// Reads one page; `run_not_found` when the parent is not to be seen.
    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> Result {
        let page = try store.runs(seen(store, call))
        return Result(
            runs: try page.items.map { try RunView($0, store) },
            cursor: page.hasMore ? page.items.last?.key : nil)
    }

    /// The filter as this caller may use it, with the key of the parent, and moments for what is said as an age.
    func seen(_ store: any StoreReader, _ call: CallContext) throws -> RunFilter {
        var filter = filter
        filter.narrow(newerThan: newerThan, olderThan: olderThan, at: call.now)
        filter.user = try call.seen(filter.user)
        if let parent { filter.parent = try store.visibleRun(parent, call).key }
        return filter
    }
}

/// The outcome of a run, waiting for it.
public struct RunResult: Command {
    /// The id of a run that the caller may see; its newest generation is meant.
    public let run: String
    /// How long to wait for its end; 0 answers at once.
    public let waitMilliseconds: Int64

    /// A call of `run.result`.
    public init(run: String, waitMilliseconds: Int64) {
        self.run = run
        self.waitMilliseconds = waitMilliseconds
    }

    /// How a closed run ended.
    public struct Result {
        /// `completed`, `failed` or `cancelled`.
        public var status: RunStatus
        /// Its output, or its error; the input comes along and is not sent.
        public var payloads: RunPayloads
    }

    /// Answers when the run is closed; `timeout` (`which: wait`) when it is still open after the wait.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> Result {
        let run = try store.visibleRun(run, call)
        if run.status.isClosed {
            return Result(status: run.status, payloads: try store.runPayloads(key: run.key))
        }
        if call.waitExpired || waitMilliseconds == 0 {
            throw Failure(
                .timeout, "the run is still \(run.status.rawValue)", run: run.id,
                hint:
                    "Ask again with a longer wait_ms; `\(ShellText.sidestep("why", run.id))` says what it waits for."
            ).with(\.which, "wait")
        }
        throw Wait([.run(run.key)], until: call.arrived.advanced(byMilliseconds: waitMilliseconds))
    }
}

/// The journal of a run.
public struct RunHistory: Query {
    /// The id of a run that the caller may see; its newest generation is meant.
    public let run: String
    /// The last sequence of the page before; 0 begins at the first entry.
    public let after: Int64
    /// Entries of one page at most.
    public let limit: Int

    /// A call of `run.history`.
    public init(run: String, after: Int64, limit: Int) {
        self.run = run
        self.after = after
        self.limit = limit
    }

    /// Answers with a page in the order of the sequences; a completed step is an entry as well.
    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> Page<JournalEntry> {
        let run = try store.visibleRun(run, call)
        return try store.history(run: run.key, after: after, limit: limit)
    }
}
