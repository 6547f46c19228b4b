import SidestepProtocol
import Synchronization

/// What undoes a step that was done.
struct Compensation: Sendable {
    let step: String
    let body: @Sendable () async throws -> Void
}

extension Run {
    /// Undoes what was done, the last step first; each is a step of its own, `compensate:NAME`, so that a crash
    /// in between repeats none that was recorded.
    ///
    /// Called by itself when the run is cancelled. A compensation that fails for good leaves the others to be tried.
    func compensate() async {
        let undone = compensations.withLock { compensations in
            defer { compensations = [] }
            return compensations.reversed()
        }
        for compensation in undone {
            var options = StepOptions(retry: .attempts(3))
            options.isCompensation = true
            let name = StepNames.shortened("compensate:\(compensation.step)")
            let execution = StepExecution(run: self, step: name, key: name, options: options) {
                try await compensation.body()
                return .null
            }
            _ = try? await execution.run()
        }
    }

    /// After a request to end: undoes, then lets go.
    func endCancelled() async {
        await compensate()
        _ = try? await call("run.release", for: .ending) { _ in }
        client.connection.drop(lease: lease)
    }
}
