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
    ///   - fingerprint: what the step is called with. A replay gives it the record of this name that has the same one,
    ///     whatever the order of the calls; a call that fits none while records are left is a mismatch.
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
        let execution = try await execution(name, options) { try Payloads.encode(try await body()) }
        let output = try Payloads.decode(Output.self, from: try await execution.run())
        if let compensation {
            compensations.withLock {
                $0.append(Compensation(step: execution.step) { try await compensation(output) })
            }
        }
        return output
    }

    /// Runs a step that is known by its name and by what it is called with.
    ///
    ///     try await withThrowingTaskGroup(of: String.self) { group in
    ///         for url in urls { group.addTask { try await run.step("fetch", with: url) { try await fetch($0) } } }
    ///
    /// A replay gives each call the record of its own argument, in whatever order the calls come.
    ///
    /// - Parameter argument: what the body gets; it counts by its JSON.
    /// - Throws: as a step without an argument; `stepMismatch` when a program that calls one step after the other asks
    ///   for what it did not ask for before, and a record of this name is left.
    public func step<Argument: Encodable & Sendable, Output: Codable & Sendable>(
        _ name: String, with argument: Argument, retry: RetryPolicy? = nil, atMostOnce: Bool = false,
        timeout: Duration? = nil, limits: StepLimits = StepLimits(),
        compensation: (@Sendable (Output) async throws -> Void)? = nil,
        _ body: @escaping @Sendable (Argument) async throws -> Output
    ) async throws -> Output {
        let fingerprint = Fingerprint.of([try Payloads.encode(argument)])
        return try await step(
            name, retry: retry, atMostOnce: atMostOnce, timeout: timeout, fingerprint: fingerprint,
            limits: limits, compensation: compensation
        ) { try await body(argument) }
    }

    /// Runs a step that is known by its name and by what it is called with, and whose body returns nothing.
    public func step<Argument: Encodable & Sendable>(
        _ name: String, with argument: Argument, retry: RetryPolicy? = nil, atMostOnce: Bool = false,
        timeout: Duration? = nil, limits: StepLimits = StepLimits(),
        _ body: @escaping @Sendable (Argument) async throws -> Void
    ) async throws {
        let fingerprint = Fingerprint.of([try Payloads.encode(argument)])
        try await step(
            name, retry: retry, atMostOnce: atMostOnce, timeout: timeout, fingerprint: fingerprint,
            limits: limits
        ) { try await body(argument) }
    }

    /// Runs a step whose body returns nothing.
    public func step(
        _ name: String, retry: RetryPolicy? = nil, atMostOnce: Bool = false, timeout: Duration? = nil,
        fingerprint: String? = nil, limits: StepLimits = StepLimits(),
        _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        let options = StepOptions(
            retry: retry, atMostOnce: atMostOnce, timeout: timeout, fingerprint: fingerprint, limits: limits)
        let execution = try await execution(name, options) {
            try await body()
            return .null
        }
        _ = try await execution.run()
    }

    /// Finds the step's record, or names it. Done when the step is called, so that names follow the order of the calls.
    private func execution(
        _ name: String, _ options: StepOptions, _ body: @escaping @Sendable () async throws -> RawJSON
    ) async throws -> StepExecution {
        try checkOpen(for: options.isCompensation ? .ending : .work)
        let identity = try await identify(name, fingerprint: options.fingerprint)
        return StepExecution(run: self, step: identity.step, key: identity.key, options: options, body: body)
    }
}
