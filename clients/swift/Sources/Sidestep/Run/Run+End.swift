import SidestepProtocol
import Synchronization

extension Run {
    /// How a run ended.
    public enum Outcome: Sendable {
        case completed(RawJSON)
        case failed(RawJSON)
        case cancelled

        /// Reads the end out of a result that has `output` or `error`.
        init(status: String, _ result: RawJSON) {
            switch status {
            case "completed": self = .completed(result["output"] ?? .null)
            case "cancelled": self = .cancelled
            default: self = .failed(result["error"] ?? .null)
            }
        }

        /// The output; throws for a run that did not complete.
        func get(run: String, _ payloads: Payloads) throws -> RawJSON {
            switch self {
            case .completed(let output): return output
            case .cancelled: throw SidestepError(.runCancelled, "the run was cancelled", run: run)
            case .failed(let failure): throw Self.failed(failure, run: run, payloads)
            }
        }

        /// The error of a failed run: itself where it is Codable.
        private static func failed(_ failure: RawJSON, run: String, _ payloads: Payloads) -> any Error {
            if let own = RecordedError(failure).thrown(payloads) { return own }
            var error = SidestepError(
                .runFailed, failure["message"]?.string ?? "the run failed", run: run,
                hint: "open it again with ifClosed: .retry to go on after its finished steps")
            error.failure = failure
            error.cause = RecordedError(failure)
            return error
        }
    }

    /// Records the run as completed with this output.
    public func complete(_ output: some Encodable & Sendable) async throws {
        let output = try client.payloads.encode(output)
        try await call("run.complete") { $0.member("output", output) }
        close()
    }

    /// Records the run as completed.
    public func complete() async throws { try await complete(RawJSON.null) }

    /// Records the run as failed, unless its own policy says to execute it again.
    ///
    /// - Returns: how long to wait before the workflow is executed again; nil when the run has failed for
    ///   good.
    @discardableResult
    public func fail(_ error: any Error) async throws -> Duration? {
        let answer = try await recordFailure(error)
        guard answer.retry else { return nil }
        restart()
        return answer.delay
    }

    /// Gives the run back: it waits for its next owner.
    public func release() async throws {
        try await call("run.release", for: .ending) { _ in }
        close()
    }

    /// Forgets the failed steps and counts repeated names from the start, because the workflow is executed
    /// again.
    func restart() { journal.withLock { $0.restart() } }

    /// Records a failure of the whole run.
    ///
    /// - Parameter undoesFirst: if it is the last one, nothing is recorded yet: what was done is undone first.
    func recordFailure(_ error: any Error, undoesFirst: Bool = false) async throws -> RetryAnswer {
        let failure = Failure(error, client.payloads)
        let result = try await call("run.fail") { writer in
            failure.write(to: &writer)
            if undoesFirst { writer.member("undoes", true) }
        }
        let answer = RetryAnswer(result)
        if !answer.retry, !answer.isToUndo { close() }
        return answer
    }
}

/// What the daemon decided about a failure.
struct RetryAnswer {
    let retry: Bool
    /// Whether what was done is to be undone, before the failure is recorded.
    let isToUndo: Bool
    let delay: Duration
    let attempt: Int?

    init(_ result: RawJSON) {
        retry = result["retry"]?.bool ?? false
        isToUndo = result["undo"]?.bool ?? false
        delay = .milliseconds(result["delay_ms"]?.int ?? 0)
        attempt = result["attempt"]?.int
    }
}

extension Failure {
    /// Writes the members that `step.fail` and `run.fail` share.
    func write(to writer: inout JSONWriter) {
        writer.member("error", error)
        writer.member("types", types)
        if !isRetryable { writer.member("retryable", false) }
        writer.member("retry_after_ms", retryAfter?.milliseconds)
    }
}
