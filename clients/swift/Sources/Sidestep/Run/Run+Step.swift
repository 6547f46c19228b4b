import SidestepProtocol

extension Run {
    /// Runs a step, or gives the recorded output of a step that finished before.
    ///
    /// A finished step costs nothing: its record came with `resume`. A new one costs one round trip, after
    /// its body. At least once is the default: the body runs again only if the process died inside it.
    ///
    ///     let page = try await run.step("fetch", options: .retry(.attempts(5))) { try await fetch(url) }
    ///
    /// The body is `@Sendable`: whatever it changed outside itself would be missing when the step is
    /// replayed. Only what it returns is recorded.
    ///
    /// - Parameters:
    ///   - name: the step's name, without a "/"; a second step of this name is recorded as `name#2`.
    ///   - compensation: what undoes it when the run is cancelled, or fails (`ResumeOptions.undo`); the last one
    ///     goes first.
    /// - Throws: what the body threw, if that is `Codable`, and else a `SidestepError` of kind `stepFailed` whose
    ///   `cause` is on record: when the body failed for good, now or in the past. `stepUnknown`, `leaseLost`,
    ///   `runCancelled` and others as they are.
    public func step<Output: Codable & Sendable>(
        _ name: String, options: StepOptions = StepOptions(),
        compensation: (@Sendable (Output) async throws -> Void)? = nil,
        _ body: @escaping @Sendable () async throws -> Output
    ) async throws -> Output {
        let payloads = client.payloads
        let execution = try await execution(name, options) { try payloads.encode(try await body()) }
        let output = try payloads.decode(Output.self, from: try await execution.run())
        if let compensation { note(.init(step: execution.step) { try await compensation(output) }) }
        return output
    }

    /// Runs a step whose body returns nothing.
    public func step(
        _ name: String, options: StepOptions = StepOptions(),
        compensation: (@Sendable () async throws -> Void)? = nil,
        _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        let execution = try await execution(name, options) {
            try await body()
            return .null
        }
        _ = try await execution.run()
        if let compensation { note(.init(step: execution.step, body: compensation)) }
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
        _ name: String, with argument: Argument, options: StepOptions = StepOptions(),
        compensation: (@Sendable (Output) async throws -> Void)? = nil,
        _ body: @escaping @Sendable (Argument) async throws -> Output
    ) async throws -> Output {
        let options = try options.known(by: argument, client.payloads)
        return try await step(name, options: options, compensation: compensation) {
            try await body(argument)
        }
    }

    /// Runs a step that is known by its name and by what it is called with, and whose body returns nothing.
    public func step<Argument: Encodable & Sendable>(
        _ name: String, with argument: Argument, options: StepOptions = StepOptions(),
        compensation: (@Sendable () async throws -> Void)? = nil,
        _ body: @escaping @Sendable (Argument) async throws -> Void
    ) async throws {
        let options = try options.known(by: argument, client.payloads)
        try await step(name, options: options, compensation: compensation) { try await body(argument) }
    }

    /// Finds the step's record, or names it. Done when the step is called, so that names follow the order of the calls.
    private func execution(
        _ name: String, _ options: StepOptions, _ body: @escaping @Sendable () async throws -> RawJSON
    ) async throws -> StepExecution {
        try checkOpen()
        try StepNames.check(name, run: id)
        let identity = try await identify(name, fingerprint: options.fingerprint)
        return StepExecution(run: self, step: identity.step, key: identity.key, options: options, body: body)
    }
}

extension StepOptions {
    /// The options of a step that is called with this argument.
    fileprivate func known(by argument: some Encodable, _ payloads: Payloads) throws -> StepOptions {
        var options = self
        options.fingerprint = Fingerprint.of([try payloads.encode(argument)])
        return options
    }
}
