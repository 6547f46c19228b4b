import SidestepModel
import SidestepStore

/// One step with its outcome.
public struct GetStep: Query {
    /// The id of a run that the caller may see; its newest generation is meant.
    public let run: String
    /// The step's name; a fork has the steps that it shares, too.
    public let step: String

    /// A call of `step.get`.
    public init(run: String, step: String) {
        self.run = run
        self.step = step
    }

    /// Answers with the step and its output or error; `invalid_argument` when the run has no such step.
    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> StepOutcome {
        let run = try store.visibleRun(run, call)
        guard let outcome = try store.stepOutcome(of: run, name: step) else {
            throw Failure.stepNotFound(step, run)
        }
        return outcome
    }
}

/// The steps of a run, in the order of the journal.
public struct ListSteps: Query {
    /// The id of a run that the caller may see; its newest generation is meant.
    public let run: String
    /// The place in the journal of the last step of the page before; nil begins at the first.
    public let after: Int64?
    /// Only steps in this status; nil lists all.
    public let status: StepStatus?
    /// Steps of one page at most.
    public let limit: Int
    /// About how many bytes of outputs and errors one page has at most.
    public let maxBytes: Int

    /// A call of `step.list`.
    public init(run: String, after: Int64?, status: StepStatus?, limit: Int, maxBytes: Int) {
        self.run = run
        self.after = after
        self.status = status
        self.limit = limit
        self.maxBytes = maxBytes
    }

    /// Answers with a page, those that a fork shares first; open steps stand where they were begun.
    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> Page<StepOutcome> {
        let run = try store.visibleRun(run, call)
        return try store.steps(of: run, after: after, status: status, limit: limit, maxBytes: maxBytes)
    }
}

/// Steps of all runs whose outcome nobody knows, and, if asked for, those that run.
public struct InflightSteps: Query {
    /// Whether those that are running are listed behind the unknown ones.
    public let includesRunning: Bool
    /// Steps at most, of both kinds together; there are no pages.
    public let limit: Int

    /// A call of `step.inflight`.
    public init(includesRunning: Bool, limit: Int) {
        self.includesRunning = includesRunning
        self.limit = limit
    }

    /// Answers with the steps and their runs, the oldest first in each kind; an administrator sees those of all users.
    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> [(
        run: RunRecord, step: StepRecord
    )] {
        var steps = try store.steps(user: call.visibleUser, status: .unknown, limit: limit)
        if includesRunning {
            steps += try store.steps(user: call.visibleUser, status: .running, limit: limit)
        }
        return try steps.prefix(limit).compactMap { step in
            try store.run(key: step.run).map { (run: $0, step: step) }
        }
    }
}
