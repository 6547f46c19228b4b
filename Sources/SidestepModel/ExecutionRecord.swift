/// What the daemon does for a step that it executes itself.
public enum StepExecutor: String, Sendable, CaseIterable {
    /// It runs a program.
    case exec
    /// It sends an HTTP request.
    case http
}

/// What an open step of the daemon does, and by which process.
public struct ExecutionRecord: Sendable, Equatable {
    /// The key of the step.
    public var step: Int64
    /// The parameters `exec` or `http` as the client gave them, JSON; secrets stand in it by name only.
    public var spec: Payload
    /// The limit, breaker and budget it goes through, JSON.
    public var demand: Payload?
    /// About how many bytes of memory it may need while it is under way.
    public var weight: Int64
    /// In the environment of its process and of all that come from it: no other process has it.
    public var token: String
    /// The program's first process, once it is known.
    public var process: ProcessIdentity?
    /// The boot in which that process was started.
    public var boot: String?

    /// The daemon that does it, as in `ProcessIdentity`.
    public var place: Int64

    /// What is to be done, before a process has been started for it.
    public init(
        step: Int64, spec: Payload, demand: Payload?, weight: Int64, token: String, place: Int64 = 0
    ) {
        self.place = place
        self.step = step
        self.spec = spec
        self.demand = demand
        self.weight = weight
        self.token = token
    }
}
