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
        func get(run: String) throws -> RawJSON {
            switch self {
            case .completed(let output): return output
            case .cancelled: throw SidestepError(.runCancelled, "the run was cancelled", run: run)
            case .failed(let failure): throw Self.failed(failure, run: run)
            }
        }

        private static func failed(_ failure: RawJSON, run: String) -> SidestepError {
            var error = SidestepError(
                .runFailed, failure["message"]?.string ?? "the run failed", run: run,
                hint: "open it again with ifClosed: .retry to go on after its finished steps")
            error.failure = failure
            return error
        }
    }

    /// Records the run as completed with this output.
    public func complete(_ output: some Encodable & Sendable) async throws {
        let output = try Payloads.encode(output)
        try await call("run.complete") { $0.member("output", output) }
        client.connection.drop(lease: lease)
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
        client.connection.drop(lease: lease)
    }

    /// Forgets the failed steps and counts repeated names from the start, because the workflow is executed
    /// again.
    func restart() { journal.withLock { $0.restart() } }

    func recordFailure(_ error: any Error) async throws -> RetryAnswer {
        let failure = Failure(error)
        let result = try await call("run.fail") { writer in
            failure.write(to: &writer)
        }
        let answer = RetryAnswer(result)
        if !answer.retry { client.connection.drop(lease: lease) }
        return answer
    }
}

/// What the daemon decided about a failure.
struct RetryAnswer {
    let retry: Bool
    let delay: Duration
    let attempt: Int?

    init(_ result: RawJSON) {
        retry = result["retry"]?.bool ?? false
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
