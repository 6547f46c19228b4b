import SidestepModel

/// What a client asks the daemon to do for a step.
public struct StepWork: Sendable {
    /// Whether it is a program or a request.
    public var executor: StepExecutor
    /// The parameters `exec` or `http`, checked by the method table.
    public var spec: Payload
    /// About how many bytes of memory it may need while it is under way.
    public var weight: Int64
    /// Whether it uses files or secrets of the daemon's own user.
    public var needs: Set<Right> = []

    /// Made by the handler of `run-step`; `needs` is set after it, and looked at when the step begins.
    public init(executor: StepExecutor, spec: Payload, weight: Int64) {
        self.executor = executor
        self.spec = spec
        self.weight = weight
    }

    /// What not everybody may have done by the daemon.
    public enum Right: Sendable {
        /// To act as the daemon's user: to run programs, to read files.
        case actsAsDaemon
        /// To use the daemon's credentials.
        case credentials
    }
}

/// One attempt of a step, as an executor gets it.
public struct StepTask: Sendable {
    /// The store's number of the step; the executors go by `token`.
    public var step: Int64
    /// Which attempt it is, from 1; the outcome of an older one is dropped.
    public var attempt: Int64
    /// Whether a program or a request is to be carried out.
    public var executor: StepExecutor
    /// The parameters `exec` or `http` as they are stored, credentials not filled in yet.
    public var spec: Payload
    /// Tells its processes from all others.
    public var token: String
    /// The run's id, `SIDESTEP_RUN` of the program.
    public var run: String
    /// The step's name, `SIDESTEP_STEP` of the program.
    public var name: String
    /// `<run.uid>/<step>`, the same for all attempts: `SIDESTEP_IDEMPOTENCY_KEY`, or the header `Idempotency-Key`.
    public var idempotencyKey: String
    /// The attempt's span: `TRACEPARENT`, or the header `traceparent`. Nil when nobody is told of traces.
    public var traceparent: String?
}

/// How one attempt ended.
public enum TaskOutcome: Sendable {
    /// With its output, as the step records it.
    case completed(Payload)
    /// With its error, and what the retry policy needs to know of it.
    case failed(Payload, AttemptError)
    /// It was stopped from outside; nobody asks how it ended.
    case stopped
    /// It was begun, and nobody knows how it ended: as if the daemon had died meanwhile.
    case lost
}

/// What an earlier daemon may have left running.
public struct Orphan: Sendable {
    /// What stands in the environment of all its processes (`SIDESTEP_EXECUTION`): they are found by it.
    public var token: String
    /// The program that was started; nil when it was not noted, or ran in another boot.
    public var process: ProcessIdentity?
}

/// Carries out steps: programs and HTTP requests. Many may be under way.
public protocol StepExecuting: Sendable {
    /// Begins an attempt. Tells, on any thread, which process it is, if it is one, and once how it ended.
    func start(
        _ task: StepTask, started: @escaping @Sendable (ProcessIdentity) -> Void,
        done: @escaping @Sendable (TaskOutcome) -> Void)
    /// Ends an attempt; its `done` is told `stopped`.
    func stop(_ token: String)
    /// Goes on with a program that has outlived the daemon which started it, as `start` does; false when it has ended.
    /// How it ends is not known: it is no child of ours, so it is told `lost`.
    func adopt(_ orphan: Orphan, done: @escaping @Sendable (TaskOutcome) -> Void) -> Bool
    /// Ends what is left of processes that an earlier daemon started; tells, on any thread, when they are
    /// gone.
    func end(_ orphans: [Orphan], then done: @escaping @Sendable () -> Void)
}
