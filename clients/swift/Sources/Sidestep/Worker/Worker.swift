import SidestepProtocol
import Synchronization

/// A process that executes the runs of queues, as many at once as it likes.
///
///     var worker = Worker(client, queues: ["default"], concurrency: 4)
///     worker.register(Research())
///     worker.register("mail") { (run: Run, to: String) in
///         try await run.step("send") { try await send(to) }
///     }
///     try await worker.run()
///
/// A run whose worker dies goes to the next one at once, with everything it had recorded.
public struct Worker: Sendable {
    typealias Body = @Sendable (Run) async throws -> Void

    private let client: SidestepClient
    private let queues: [String]
    let concurrency: Int
    private let name: String?
    private let codeVersion: String?
    private let suspendAfter: Duration?
    private var bodies: [String: Body] = [:]

    /// - Parameters:
    ///   - queues: the queues that it takes runs from.
    ///   - concurrency: how many runs it executes at once.
    ///   - name: what people call it; its process id unless said otherwise.
    ///   - codeVersion: the version of its code; runs that were enqueued for another one are not for it.
    ///   - suspendAfter: a run that waits longer than this is let go, and comes back to some worker when its wait
    ///     is over; nil keeps it.
    public init(
        _ client: SidestepClient, queues: [String] = ["default"], concurrency: Int = 1, name: String? = nil,
        codeVersion: String? = nil, suspendAfter: Duration? = .seconds(10)
    ) {
        self.client = client
        self.queues = queues
        self.concurrency = max(1, concurrency)
        self.name = name
        self.codeVersion = codeVersion
        self.suspendAfter = suspendAfter
    }

    /// Executes the runs of a workflow.
    public mutating func register<Kind: Workflow>(_ workflow: Kind) {
        register(Kind.name, undo: Kind.undo) { (run: Run, input: Kind.Input) in
            try await workflow.run(run, input: input)
        }
    }

    /// Says how runs of a workflow are executed.
    ///
    /// - Parameter undo: when what a run did is undone; nil: on a cancel.
    public mutating func register<Input: Decodable & Sendable, Output: Codable & Sendable>(
        _ workflow: String, undo: Undoing? = nil,
        _ body: @escaping @Sendable (Run, Input) async throws -> Output
    ) {
        bodies[workflow] = { run in
            _ = try await run.execute(undo: undo) { run in
                try await body(run, try await run.input(as: Input.self))
            }
        }
    }

    /// Says how runs of a workflow whose end has no value are executed.
    public mutating func register<Input: Decodable & Sendable>(
        _ workflow: String, undo: Undoing? = nil,
        _ body: @escaping @Sendable (Run, Input) async throws -> Void
    ) {
        register(workflow, undo: undo) { (run: Run, input: Input) -> NoValue in
            try await body(run, input)
            return NoValue()
        }
    }

    /// Says how runs of a workflow without input are executed.
    public mutating func register<Output: Codable & Sendable>(
        _ workflow: String, undo: Undoing? = nil, _ body: @escaping @Sendable (Run) async throws -> Output
    ) {
        bodies[workflow] = { run in _ = try await run.execute(undo: undo, body) }
    }

    /// Says how runs of a workflow without input, and whose end has no value, are executed.
    public mutating func register(
        _ workflow: String, undo: Undoing? = nil, _ body: @escaping @Sendable (Run) async throws -> Void
    ) {
        register(workflow, undo: undo) { run -> NoValue in
            try await body(run)
            return NoValue()
        }
    }

    /// Takes and executes runs until its task is cancelled; runs that are being executed are then given back.
    ///
    /// What leaves a workflow ends that run, not the worker.
    public func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<concurrency { group.addTask { try await work(until: Closing()) } }
            try await group.waitForAll()
        }
    }

    /// Executes one run after the other.
    func work(until closing: Closing) async throws {
        while !closing.hasBegun {
            try Task.checkCancellation()
            guard let run = try await closing.claim(claim), let body = run.workflow.flatMap({ bodies[$0] })
            else { continue }
            do {
                try await body(run)
            } catch is CancellationError where Task.isCancelled {
                throw CancellationError()
            } catch is RunSuspended {
                // It comes back when its wait is over.
            } catch {
                // The run has its end, or was let go: that is recorded, and the worker goes on.
                client.configuration.log(
                    LogMessage(.warning, "a run did not complete", run: run.id, error: error))
            }
        }
    }

    /// One look for a run, of half a minute at most: a daemon that went away is noticed.
    @Sendable private func claim() async throws -> Run? {
        let result = try await client.call("worker.claim") { writer in
            writer.member("workflows", bodies.keys.sorted())
            writer.member("queues", queues)
            writer.member("code_version", codeVersion)
            writer.member("worker", name)
            writer.member("wait_ms", 30_000)
        }
        guard result["claimed"]?.bool == true else { return nil }
        return try await Run(result, input: result["input"], client: client, suspendAfter: suspendAfter)
    }
}
