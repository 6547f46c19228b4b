import SidestepModel
import SidestepProtocol
import Synchronization

/// The step whose body runs in this task: its name, its idempotency key, what it consumed.
///
///     try await run.step("ask") {
///         let answer = try await model.ask(prompt, key: StepContext.current!.idempotencyKey)
///         StepContext.current?.report(Usage(model: "m", inputTokens: answer.tokensIn))
///         return answer.text
///     }
public final class StepContext: Sendable {
    /// The step that the calling code is the body of; nil outside of steps.
    @TaskLocal public static var current: StepContext?

    /// The step's name in the journal.
    public let name: String
    /// The same for every attempt of the step: hand it to the outside world, so that it can tell a
    /// repetition.
    ///
    /// Where the step was told what it is called with, the key holds the hash of that and not the step's number: the
    /// same call has it in every execution, whatever the order of the calls.
    public var idempotencyKey: String { "\(run.uid)/\(key)" }

    /// The span of this attempt, for services that the body calls: the header of that name.
    ///
    /// Nil when the daemon tells nobody of traces. With `TracingObserver` the body is in a span below it already.
    public var traceparent: String? {
        run.traceparent.flatMap(TraceContext.init)?.attempt(attempt, of: name).text
    }

    let run: Run
    private let attempt: Int64
    private let key: String
    private let executing = Mutex<TaskIdentity?>(nil)
    private let reported = Mutex<Usage?>(nil)

    init(name: String, attempt: Int64, key: String, run: Run) {
        self.name = name
        self.attempt = attempt
        self.key = key
        self.run = run
    }

    /// The task that executes the step's body.
    var task: TaskIdentity? { executing.withLock { $0 } }

    /// Executes the step's body in the calling task.
    func execute(_ body: () async throws -> RawJSON) async throws -> RawJSON {
        executing.withLock { $0 = .current }
        return try await body()
    }

    /// Notes what the step consumed; it is recorded with the step's output and summed over the run.
    public func report(_ usage: Usage) { reported.withLock { $0 = usage } }

    var usage: Usage? { reported.withLock { $0 } }

    /// Tells the daemon that the step is getting on.
    public func heartbeat(_ details: RawJSON? = nil) async throws {
        try await run.call("step.heartbeat") { writer in
            writer.member("step", name)
            writer.member("details", details)
        }
    }
}

/// What a step consumed.
public struct Usage: Sendable, Equatable {
    /// The model that was called.
    public var model: String?
    /// Calls made.
    public var requests: Int?
    /// Tokens sent.
    public var inputTokens: Int?
    /// Tokens received.
    public var outputTokens: Int?
    /// The price, in millionths of the currency.
    public var costMicros: Int?
    /// Anything else that is counted, by name.
    public var others: [String: Int]

    /// What is nil was not counted.
    public init(
        model: String? = nil, requests: Int? = nil, inputTokens: Int? = nil, outputTokens: Int? = nil,
        costMicros: Int? = nil, others: [String: Int] = [:]
    ) {
        self.model = model
        self.requests = requests
        self.inputTokens = inputTokens
        self.outputTokens = outputTokens
        self.costMicros = costMicros
        self.others = others
    }

    var json: RawJSON {
        .object { writer in
            writer.member("model", model)
            writer.member("requests", requests)
            writer.member("input_tokens", inputTokens)
            writer.member("output_tokens", outputTokens)
            writer.member("cost_micros", costMicros)
            for (name, count) in others.sorted(by: { $0.key < $1.key }) { writer.member(name, count) }
        }
    }
}
