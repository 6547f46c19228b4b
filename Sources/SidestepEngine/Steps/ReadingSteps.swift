import SidestepModel
import SidestepStore

/// One step with its outcome.
public struct GetStep: Query {
    public let run: String
    public let step: String

    public init(run: String, step: String) {
        self.run = run
        self.step = step
    }

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
    public let run: String
    public let after: Int64?
    public let status: StepStatus?
    public let limit: Int
    public let maxBytes: Int

    public init(run: String, after: Int64?, status: StepStatus?, limit: Int, maxBytes: Int) {
        self.run = run
        self.after = after
        self.status = status
        self.limit = limit
        self.maxBytes = maxBytes
    }

    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> Page<StepOutcome> {
        let run = try store.visibleRun(run, call)
        return try store.steps(of: run, after: after, status: status, limit: limit, maxBytes: maxBytes)
    }
}

/// Steps of all runs whose outcome nobody knows, and, if asked for, those that run.
public struct InflightSteps: Query {
    public let includesRunning: Bool
    public let limit: Int

    public init(includesRunning: Bool, limit: Int) {
        self.includesRunning = includesRunning
        self.limit = limit
    }

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
