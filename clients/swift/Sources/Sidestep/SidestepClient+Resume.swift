import SidestepProtocol

extension SidestepClient {
    /// Opens a run, or comes back to it.
    ///
    /// The whole journal of results comes with it, so repeating finished steps costs no round trips.
    ///
    /// - Parameters:
    ///   - id: the run's id; nil lets the daemon make one.
    ///   - workflow: the name of the code that executes the run.
    ///   - input: what the run is to work on; the same id with other input is a conflict.
    /// - Throws: `SidestepError`; `runOwned` when another process executes it, `runConflict`, `runPaused`, …
    public func resume(
        _ id: String? = nil, workflow: String? = nil, input: (some Encodable & Sendable)?,
        options: ResumeOptions = ResumeOptions()
    ) async throws -> Run {
        let input = try input.map { try payloads.encode($0) }
        var options = options
        options.traceparent = options.traceparent ?? configuration.traceparent
        let opening = options
        // Without an id a second copy would make a second run.
        let result = try await call("resume", mayResend: id != nil) { writer in
            writer.member("run", id)
            writer.member("workflow", workflow)
            writer.member("input", input)
            opening.write(to: &writer)
        }
        let run = try await Run(
            result, input: input, client: self, onMismatch: options.onMismatch ?? .error)
        if run.wasCreated { try await keepHeaders(of: run, options.metadata) }
        return run
    }

    /// Keeps what the observers want to be kept with a new run. Not told by `resume`, which would tell it to a run that
    /// somebody else had made.
    private func keepHeaders(of run: Run, _ metadata: RawJSON?) async throws {
        guard let metadata = configuration.metadataWithHeaders(metadata) else { return }
        try await call("run.update") { writer in
            writer.member("run", run.id)
            writer.member("metadata", metadata)
        }
    }

    /// Opens a run without input, or comes back to it.
    public func resume(
        _ id: String? = nil, workflow: String? = nil, options: ResumeOptions = ResumeOptions()
    ) async throws -> Run {
        try await resume(id, workflow: workflow, input: RawJSON?.none, options: options)
    }

    /// The end of a run that somebody executes, awaited for at most `wait`.
    ///
    /// - Throws: `SidestepError` of kind `timeout` while it is open, `runFailed` when it failed.
    public func result<Output: Decodable>(
        of run: String, as type: Output.Type = Output.self, wait: Duration = .zero
    ) async throws -> Output {
        let result = try await call("run.result") { writer in
            writer.member("run", run)
            writer.member("wait_ms", wait.milliseconds)
        }
        let outcome = Run.Outcome(status: result["status"]?.string ?? "", result)
        return try payloads.decode(type, from: try outcome.get(run: run, payloads))
    }
}
