import SidestepProtocol
import Synchronization

extension Run {
    /// Runs a step, or gives the recorded output of a step that finished before.
    ///
    /// A finished step costs nothing: its record came with `resume`. A new one costs one round trip, after
    /// its body. At least once is the default: the body runs again only if the process died inside it.
    ///
    ///     let page = try await run.step("fetch", retry: .attempts(5)) { try await fetch(url) }
    ///
    /// The body is `@Sendable`: whatever it changed outside itself would be missing when the step is
    /// replayed. Only what it returns is recorded.
    ///
    /// - Parameters:
    ///   - name: the step's name; a second step of this name is recorded as `name#2`.
    ///   - retry: when a failed attempt is made again; nil makes one attempt.
    ///   - atMostOnce: commit the intent before the body may start. If the process dies inside, the step is
    ///     `unknown` and not repeated until somebody resolves it.
    ///   - timeout: how long one attempt may take. The body's task is cancelled then.
    ///   - fingerprint: what the step depends on; a finished step asked for with another one is a mismatch.
    ///   - limits: what it asks of all processes of the host, and of its run's budget.
    ///   - compensation: what undoes it when the run is cancelled; the last one goes first.
    /// - Throws: `SidestepError` of kind `stepFailed` when the body failed for good, now or in the past:
    ///   `failure` is what was recorded, `cause` the body's own error. `stepUnknown`, `leaseLost`,
    ///   `runCancelled` and others as they are.
    public func step<Output: Codable & Sendable>(
        _ name: String, retry: RetryPolicy? = nil, atMostOnce: Bool = false, timeout: Duration? = nil,
        fingerprint: String? = nil, limits: StepLimits = StepLimits(),
        compensation: (@Sendable (Output) async throws -> Void)? = nil,
        _ body: @escaping @Sendable () async throws -> Output
    ) async throws -> Output {
        let options = StepOptions(
            retry: retry, atMostOnce: atMostOnce, timeout: timeout, fingerprint: fingerprint, limits: limits)
        let execution = execution(name, options) { try Payloads.encode(try await body()) }
        let output = try Payloads.decode(Output.self, from: try await execution.run())
        if let compensation {
            compensations.withLock {
                $0.append(Compensation(step: execution.step) { try await compensation(output) })
            }
        }
        return output
    }

    /// Runs a step whose body returns nothing.
    public func step(
        _ name: String, retry: RetryPolicy? = nil, atMostOnce: Bool = false, timeout: Duration? = nil,
        fingerprint: String? = nil, limits: StepLimits = StepLimits(),
        _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        let options = StepOptions(
            retry: retry, atMostOnce: atMostOnce, timeout: timeout, fingerprint: fingerprint, limits: limits)
        let run = execution(name, options) {
            try await body()
            return .null
        }
        _ = try await run.run()
    }

    /// Names the step. Done when the step is called, so that names follow the order of the calls.
    private func execution(
        _ name: String, _ options: StepOptions, _ body: @escaping @Sendable () async throws -> RawJSON
    ) -> StepExecution {
        StepExecution(run: self, step: nextName(name), options: options, body: body)
    }
}
