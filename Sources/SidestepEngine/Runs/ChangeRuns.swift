import SidestepModel
import SidestepStore

/// Does one thing to many runs; one that is refused is skipped, and the others are not.
public struct ChangeRuns: Command {
    /// Runs changed in one transaction, so that nobody else waits long.
    static let turn = 25

    /// What is done.
    public let action: RunAction
    /// To which runs.
    public let selection: RunSelection
    /// Why, in the caller's words, for the owner and the journal; `cancel` alone has it.
    public var reason: String?
    /// Milliseconds in which an owner may undo what it did; `cancel` alone has it.
    public var graceMilliseconds: Int64

    /// A call of `run.bulk`.
    public init(_ action: RunAction, _ selection: RunSelection, reason: String?, graceMilliseconds: Int64) {
        self.action = action
        self.selection = selection
        self.reason = reason
        self.graceMilliseconds = graceMilliseconds
    }

    /// What was done.
    public struct Result: Sendable {
        /// How many runs it was done to, or would be.
        public var count = 0
        /// The ids of these; of a rehearsal only as many as the filter's limit.
        public var runs: [String] = []
        /// The runs that are as they were, each with the reason.
        public var skipped: [(run: String, failure: Failure)] = []
        /// The key behind which the same call goes on; nil when all runs have been looked at.
        public var cursor: Int64?
        /// How many runs were looked at.
        var looked = 0
    }

    /// Changes the runs in parts that each stand by themselves; throws `run_not_found` for a parent alone.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> Result {
        var at = call.progress(Result.self) ?? Result()
        let isDone =
            switch selection {
            case .named(let ids): try change(ids, &at, store, &call)
            case .found(let list): try change(list, &at, store, &call)
            }
        guard isDone else { throw KeepingWrites.waits(.turn(at)) }
        return at
    }

    private func change(
        _ ids: [String], _ at: inout Result, _ store: any StoreTransaction, _ call: inout CallContext
    ) throws -> Bool {
        for id in ids.dropFirst(at.looked).prefix(Self.turn) {
            let apply = { try self.apply(to: store.visibleRun(id, call), store, &call) }
            guard try attempt(id, &at, apply) else { return false }
        }
        return at.looked >= ids.count
    }

    private func change(
        _ list: ListRuns, _ at: inout Result, _ store: any StoreTransaction, _ call: inout CallContext
    ) throws -> Bool {
        var filter = try list.seen(store, call)
        let limit = filter.limit
        filter.before = at.cursor ?? filter.before
        filter.limit = min(Self.turn, limit - at.looked)
        let page = try store.runs(filter)
        for listed in page.items {
            // What was done to another run, its parent, may have changed it.
            guard let run = try store.newest(listed), action.isAbout(run.status) else {
                at.looked += 1
                continue
            }
            guard try attempt(run.id, &at, { try apply(to: run, store, &call) }) else {
                // Its older generations have lower keys.
                at.cursor = run.key + 1
                return false
            }
        }
        at.cursor = page.hasMore ? page.items.last?.key : nil
        return !page.hasMore || at.looked >= limit
    }

    /// A refusal is that run's alone: it comes before anything is written.
    ///
    /// - Returns: whether nothing more is to be done about the run.
    private func attempt(_ id: String, _ at: inout Result, _ change: () throws -> Bool) throws -> Bool {
        do {
            guard try change() else { return false }
            at.runs.append(id)
            at.count += 1
        } catch let failure as Failure where Self.refusals.contains(failure.kind) {
            at.skipped.append((id, failure))
        }
        at.looked += 1
        return true
    }

    private static let refusals: Set<ErrorKind> = [.runNotFound, .runClosed, .runOwned, .notPermitted]

    private func apply(
        to run: RunRecord, _ store: any StoreTransaction, _ call: inout CallContext
    ) throws -> Bool {
        switch action {
        case .cancel:
            _ = try CancelRun(run: run.id, reason: reason, graceMilliseconds: graceMilliseconds)
                .perform(on: run, store, &call)
        case .retry: try store.retry(run, &call)
        case .pause: _ = try store.pause(run, &call)
        case .unpause: _ = try store.unpauseOnRequest(run, &call)
        case .delete: return try store.delete(run, &call)
        }
        return true
    }
}
