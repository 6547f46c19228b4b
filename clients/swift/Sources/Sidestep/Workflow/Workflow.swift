import SidestepProtocol

/// The code of a kind of run, known by type to who enqueues it and who executes it.
///
///     struct Research: Workflow {
///         static let name = "research"
///         func run(_ run: Run, input topic: String) async throws -> Report {
///             let page = try await run.step("fetch") { try await fetch(topic) }
///             return try await run.step("write") { try await write(page) }
///         }
///     }
///
///     let report = try await client.execute(Research(), run: "r-1", input: "tides")
///
/// What it needs of the process (connections, clients) are its stored properties; what it works on is its input. Small
/// programs do without: `SidestepClient.workflow` takes a closure.
public protocol Workflow: Sendable {
    /// What a run works on; `NoValue` for nothing.
    associatedtype Input: Codable & Sendable
    /// What a run comes to; `NoValue` for nothing.
    associatedtype Output: Codable & Sendable

    /// The name of the workflow: it is recorded with each run, and stays when the type is renamed.
    static var name: String { get }
    /// When what a run did is undone; nil: on a cancel, as long as a process has the run.
    static var undo: Undoing? { get }

    /// Executes a run; everything that must not happen twice belongs into steps.
    func run(_ run: Run, input: Input) async throws -> Output
}

extension Workflow {
    /// On a cancel, as long as a process has the run.
    public static var undo: Undoing? { nil }
}

/// No input, or no output: `null` as JSON.
public struct NoValue: Codable, Sendable, Hashable {
    /// Nothing.
    public init() {}
    /// Reads nothing, whatever is there.
    public init(from decoder: any Decoder) throws {}
    /// Writes `null`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encodeNil()
    }
}

/// A run that was given to workers, and the type of what it comes to.
public struct EnqueuedRun<Output: Codable & Sendable>: Sendable {
    /// The run's id.
    public let id: String
}

extension SidestepClient {
    /// Executes a workflow as a run; a run that has ended gives its recorded output.
    ///
    /// - Parameter id: the run's id; nil lets the daemon make one.
    public func execute<Kind: Workflow>(
        _ workflow: Kind, run id: String? = nil, input: Kind.Input,
        options: ResumeOptions = ResumeOptions()
    ) async throws -> Kind.Output {
        var options = options
        options.undo = options.undo ?? Kind.undo
        return try await self.workflow(Kind.name, run: id, input: Kind.given(input), options: options) {
            run in
            try await workflow.run(run, input: input)
        }
    }

    /// Executes a workflow without input as a run.
    public func execute<Kind: Workflow>(
        _ workflow: Kind, run id: String? = nil, options: ResumeOptions = ResumeOptions()
    ) async throws -> Kind.Output where Kind.Input == NoValue {
        try await execute(workflow, run: id, input: NoValue(), options: options)
    }

    /// Makes a run that waits for a worker, or finds the one that is meant.
    @discardableResult
    public func enqueue<Kind: Workflow>(
        _ workflow: Kind.Type, run id: String? = nil, input: Kind.Input,
        options: EnqueueOptions = EnqueueOptions()
    ) async throws -> EnqueuedRun<Kind.Output> {
        EnqueuedRun(
            id: try await enqueue(
                Kind.name, run: id, input: Kind.given(input), options: options.undoing(Kind.undo)))
    }

    /// The output of a run that workers execute, awaited for at most `wait`.
    ///
    /// - Throws: `SidestepError` of kind `timeout` while it is open; what it failed with.
    public func result<Output>(of run: EnqueuedRun<Output>, wait: Duration = .zero) async throws -> Output {
        try await result(of: run.id, wait: wait)
    }
}

extension Run {
    /// Makes a child of this run for the workers: it is cancelled with this run, and what it uses counts for it.
    public func enqueue<Kind: Workflow>(
        _ workflow: Kind.Type, input: Kind.Input, options: EnqueueOptions = EnqueueOptions()
    ) async throws -> EnqueuedRun<Kind.Output> {
        EnqueuedRun(
            id: try await enqueue(
                Kind.name, input: Kind.given(input), options: options.undoing(Kind.undo)))
    }

    /// Waits for the end of a child, and gives its output; recorded once.
    public func output<Output>(of child: EnqueuedRun<Output>) async throws -> Output {
        try await output(of: child.id)
    }
}

extension Workflow {
    /// What is recorded as the input of a run: nothing is nothing.
    fileprivate static func given(_ input: Input) -> Input? { input is NoValue ? nil : input }
}

extension EnqueueOptions {
    fileprivate func undoing(_ undo: Undoing?) -> EnqueueOptions {
        var options = self
        options.undo = options.undo ?? undo
        return options
    }
}
