import SidestepModel
import SidestepStore

/// A run with its tags and the id of its parent, as every method shows it.
public struct RunView: Sendable {
    public var run: RunRecord
    public var tags: [(name: String, value: String)]
    public var parent: String?

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
    public let run: String
    public let generation: Int64?

    public init(run: String, generation: Int64?) {
        self.run = run
        self.generation = generation
    }

    public struct Result: Sendable {
        public var view: RunView
        public var payloads: RunPayloads
        public var usage: [(name: String, sum: Int64)]
        public var steps: [(status: StepStatus, count: Int64)]
        public var checkpoint: String?
        public var state: [String]
        public var budget: [Budget]
        public var lineage: Lineage?
        /// The ids of runs that were forked from it, the oldest hundred.
        public var forks: [String]
    }

    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> Result {
        let run = try store.visibleRun(run, generation: generation, call)
        return Result(
            view: try RunView(run, store),
            payloads: try store.runPayloads(key: run.key), usage: try store.usage(run: run.key),
            steps: try store.stepCounts(of: run),
            checkpoint: try store.latestCheckpoint(run: run.key, name: nil)?.id,
            state: try store.states(run: run.key).map(\.name),
            budget: try store.budgets(of: run, now: call.now),
            lineage: try store.lineage(of: run.key),
            forks: try store.forks(of: run.key, limit: 100))
    }
}

/// Runs, newest first.
public struct ListRuns: Query {
    public let filter: RunFilter
    /// The id of the run whose children are asked for.
    public let parent: String?

    public init(filter: RunFilter, parent: String? = nil) {
        self.filter = filter
        self.parent = parent
    }

    public struct Result {
        public var runs: [RunView]
        public var cursor: Int64?
    }

    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> Result {
        var filter = filter
        filter.user = call.visibleUser
        if let parent { filter.parent = try store.visibleRun(parent, call).key }
        let page = try store.runs(filter)
        return Result(
            runs: try page.items.map { try RunView($0, store) },
            cursor: page.hasMore ? page.items.last?.key : nil)
    }
}

/// The outcome of a run, waiting for it.
public struct RunResult: Command {
    public let run: String
    public let waitMilliseconds: Int64

    public init(run: String, waitMilliseconds: Int64) {
        self.run = run
        self.waitMilliseconds = waitMilliseconds
    }

    public struct Result {
        public var status: RunStatus
        public var payloads: RunPayloads
    }

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
    public let run: String
    public let after: Int64
    public let limit: Int

    public init(run: String, after: Int64, limit: Int) {
        self.run = run
        self.after = after
        self.limit = limit
    }

    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> Page<JournalEntry> {
        let run = try store.visibleRun(run, call)
        return try store.history(run: run.key, after: after, limit: limit)
    }
}
