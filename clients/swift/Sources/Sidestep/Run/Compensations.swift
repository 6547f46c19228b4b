import SidestepProtocol
import Synchronization

/// When what a run did is undone by what its steps were given for that.
public enum Undoing: Sendable {
    /// When the run is cancelled. A run that nobody executes then gets an owner for it.
    case onCancel
    /// When the run is cancelled, and when it has failed for good.
    case onCancelOrFailure
}

/// What undoes a step that was done.
struct Compensation: Sendable {
    let step: String
    let body: @Sendable () async throws -> Void
}

/// What undoes the steps of one execution of a workflow.
///
/// It belongs to whoever executes the workflow and not to the run: the bodies may hold the run.
final class Compensations: Sendable {
    private let known = Mutex<[Compensation]>([])

    func add(_ compensation: Compensation) { known.withLock { $0.append(compensation) } }

    /// Takes out all of them, the last one first.
    func takeAll() -> [Compensation] {
        known.withLock { known in
            defer { known = [] }
            return known.reversed()
        }
    }
}

/// A reference that keeps nothing alive.
struct WeakCompensations: Sendable {
    weak var value: Compensations?
}

extension Run {
    /// Notes what undoes a step, for the execution that is under way.
    func note(_ compensation: Compensation) { undoing.withLock { $0.value }?.add(compensation) }

    /// Undoes what was done, the last step first; each is a step of its own, `compensate:NAME`, so that a crash
    /// in between repeats none that was recorded.
    ///
    /// A compensation that fails for good leaves the others to be tried.
    ///
    /// - Returns: what failed.
    func undo() async -> [SidestepError] {
        var failures: [SidestepError] = []
        for compensation in undoing.withLock({ $0.value })?.takeAll() ?? [] {
            var options = StepOptions(retry: .attempts(3))
            options.isCompensation = true
            let name = StepNames.shortened("compensate:\(compensation.step)")
            let execution = StepExecution(run: self, step: name, key: name, options: options) {
                try await compensation.body()
                return .null
            }
            do {
                _ = try await execution.run()
            } catch {
                failures.append(failure(of: name, error))
            }
        }
        return failures
    }

    private func failure(of step: String, _ error: any Error) -> SidestepError {
        client.configuration.log(
            LogMessage(
                .warning, "what step '\(step)' was to undo still stands", run: id, step: step, error: error))
        if let error = error as? SidestepError { return error }
        var failed = SidestepError(.stepFailed, "\(error)", run: id, step: step)
        failed.cause = error
        return failed
    }

    /// After a request to end: undoes, then lets go.
    ///
    /// - Returns: what could not be undone.
    func endCancelled() async -> [SidestepError] {
        let failures = await undo()
        try? await release()
        return failures
    }
}
