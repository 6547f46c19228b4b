import FoundationEssentials
import SidestepProtocol
import Synchronization

/// How a run is given to the workers; everything has a default.
public struct EnqueueOptions: Sendable {
    /// The queue that it waits in.
    public var queue: String?
    /// Higher ones go first; the older one among equals.
    public var priority: Int?
    /// How long it waits before a worker may have it.
    public var delay: Duration?
    /// While a run with this key is open in the queue, it is this run.
    public var dedupKey: String?
    /// Runs of one key share the queue's limit per key.
    public var concurrencyKey: String?
    /// Only a worker of this version may have it.
    public var codeVersion: String?
    /// The run that it belongs to: it is cancelled with it, and what it uses counts for it.
    public var parent: String?
    /// Whether it goes on when its parent closes.
    public var isDetached = false
    /// What to do with a run of this id that has ended. Default: leave it as it is.
    public var ifClosed: ResumeOptions.IfClosed = .return
    /// What it and its children may use up, by the names of the protocol.
    public var budget: [String: Int]?
    /// The span of a trace that a new run is below; as `ResumeOptions.traceparent`.
    public var traceparent: String?
    /// Names to find the run by.
    public var tags: [String: String]?
    /// Anything to keep with the run.
    public var metadata: RawJSON?
    /// When the run is over at the latest.
    public var deadline: Date?
    /// When what its steps did is undone; only `Workflow.undo` of its worker says whether also when it fails.
    public var undo: Undoing?

    /// The defaults.
    public init() {}

    /// The defaults, changed by `change`: `.with { $0.queue = "mail" }`.
    public static func with(_ change: (inout EnqueueOptions) -> Void) -> EnqueueOptions {
        var options = EnqueueOptions()
        change(&options)
        return options
    }

    func write(to writer: inout JSONWriter) {
        writer.member("queue", queue)
        writer.member("priority", priority)
        writer.member("delay_ms", delay?.milliseconds)
        writer.member("dedup_key", dedupKey)
        writer.member("concurrency_key", concurrencyKey)
        writer.member("code_version", codeVersion)
        writer.member("parent", parent)
        if isDetached { writer.member("on_parent_close", "detach") }
        writer.member("if_closed", ifClosed == .return ? nil : ifClosed.rawValue)
        if let budget { writer.object("budget") { budget.write(to: &$0) } }
        if let tags { writer.object("tags") { tags.write(to: &$0) } }
        writer.member("metadata", metadata)
        writer.member("deadline_at", deadline?.milliseconds)
        if undo != nil { writer.member("compensates", true) }
        writer.member("traceparent", traceparent)
    }
}

extension SidestepClient {
    /// Makes a run that waits for a worker, or finds the one that is meant.
    ///
    /// - Parameter id: the run's id; nil lets the daemon make one.
    /// - Returns: the id of the run.
    /// - Throws: `SidestepError` of kind `runConflict` when the id stands for another workflow or input.
    @discardableResult
    public func enqueue(
        _ workflow: String, run id: String? = nil, input: (some Encodable & Sendable)? = RawJSON?.none,
        options: EnqueueOptions = EnqueueOptions()
    ) async throws -> String {
        let input = try input.map { try payloads.encode($0) }
        var options = options
        options.metadata = configuration.metadataWithHeaders(options.metadata) ?? options.metadata
        options.traceparent = options.traceparent ?? configuration.traceparent
        // Without an id or a key a second copy would make a second run.
        let mayResend = id != nil || options.dedupKey != nil
        let result = try await call("run.enqueue", mayResend: mayResend) { [options] writer in
            writer.member("workflow", workflow)
            writer.member("run", id)
            writer.member("input", input)
            options.write(to: &writer)
        }
        return result["run"]?["id"]?.string ?? ""
    }
}

extension Run {
    /// Makes a child of this run for the workers: it is cancelled with this run, and what it uses counts for it.
    ///
    /// The child's id is derived from this run's and kept with what the child is given, so that a replay finds the same
    /// child, whatever the order of the calls. Wait for it with `first(_:of:)`, or with `output(of:)`.
    public func enqueue(
        _ workflow: String, input: (some Encodable & Sendable)? = RawJSON?.none,
        options: EnqueueOptions = EnqueueOptions()
    ) async throws -> String {
        try checkOpen()
        var options = options
        options.parent = id
        let input = try input.map { try client.payloads.encode($0) }
        let given = Fingerprint.of(input.map { [$0] } ?? [])
        let part = try await identify(workflow, fingerprint: given).step
        return try await noting(part, given) {
            try await client.enqueue(workflow, run: "\(id)/\(part)", input: input, options: options)
        }
    }

    /// Makes a part of this run, and keeps its name with what it is given: written with what comes next, and waited for
    /// by nobody.
    private func noting(_ part: String, _ given: String, _ make: () async throws -> String) async throws
        -> String
    {
        let isKnown = journal.withLock { $0[part]?.isSettled } ?? false
        try checkRecorded(part)
        func note(_ method: String, _ more: (inout JSONWriter) -> Void) throws {
            guard !isKnown else { return }
            try notify(method) { writer in
                writer.member("step", part)
                writer.member("fingerprint", given)
                more(&writer)
            }
        }
        try note("step.begin") { _ in }
        let child = try await make()
        try note("step.complete") { $0.member("output", RawJSON.null) }
        return child
    }

    /// Waits for the end of another run, for example a child, and gives its output; recorded once.
    ///
    /// - Throws: `SidestepError` of kind `runFailed` or `runCancelled`.
    public func output<Output: Decodable>(of run: String, as type: Output.Type = Output.self) async throws
        -> Output
    {
        guard case .run(_, let outcome) = try await firstToCome("run:\(run)", of: [.run(run)]) else {
            throw SidestepError(.unexpectedReply, "the daemon's answer to wait.first names no run", run: run)
        }
        return try client.payloads.decode(type, from: try outcome.get(run: run, client.payloads))
    }
}
