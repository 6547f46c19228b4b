import SidestepModel
import SidestepStore

/// What a starting daemon has to know: who owns runs, and which steps run in other processes.
public struct RecoveryState: Sendable {
    /// All runs of this place that have a lease in the database, whether their owners live or not.
    public var runs: [RunRecord]
    /// The steps of those runs that were running when the daemon ended, with the keys of their runs.
    public var steps: [(run: Int64, step: StepRecord)]
    /// What the daemon was executing.
    public var executions: [(execution: ExecutionRecord, step: StepRecord)]

    /// Reads all of it from one snapshot, before the first client is let in.
    ///
    /// - Parameter place: the daemon's own number; what another one has is its affair.
    public init(_ store: any StoreReader, place: Int64) throws(Failure) {
        runs = try store.ownedRuns(place: place)
        steps = []
        executions = try store.runningExecutions(place: place)
        for run in runs {
            for step in try store.openSteps(run: run.key) where step.status == .running {
                steps.append((run.key, step))
            }
        }
    }
}
