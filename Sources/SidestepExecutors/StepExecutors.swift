import SidestepEngine
import SidestepModel

/// Carries out what the daemon does for steps: programs and requests.
public struct StepExecutors: StepExecuting {
    private let programs: ProgramExecutor
    private let requests: RequestExecutor

    /// An executor for each kind of step.
    public init(programs: ProgramExecutor, requests: RequestExecutor) {
        self.programs = programs
        self.requests = requests
    }

    /// Begins what a step asks for, by its kind.
    public func start(
        _ task: StepTask, started: @escaping @Sendable (ProcessIdentity) -> Void,
        done: @escaping @Sendable (TaskOutcome) -> Void
    ) {
        switch task.executor {
        case .exec: programs.start(task, started: started, done: done)
        case .http: requests.start(task, done: done)
        }
    }

    /// Goes on with a program that an earlier daemon has started.
    public func adopt(_ orphan: Orphan, done: @escaping @Sendable (TaskOutcome) -> Void) -> Bool {
        programs.adopt(orphan, done: done)
    }

    /// Ends it, whichever kind it is.
    public func stop(_ token: String) {
        programs.stop(token)
        requests.stop(token)
    }

    /// Ends programs that an earlier daemon has left.
    public func end(_ orphans: [Orphan], then done: @escaping @Sendable () -> Void) {
        programs.end(orphans, then: done)
    }

    /// Waits for what has ended without a parent, as process 1 has to.
    public func reapOrphans() { programs.reapOrphans() }
}
