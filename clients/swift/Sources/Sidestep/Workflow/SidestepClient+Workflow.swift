import SidestepProtocol
import Synchronization

extension SidestepClient {
    /// Executes a workflow as a run: opens it, runs `body`, records how it ended.
    ///
    /// A run that has ended gives its recorded output without executing anything. An error that leaves `body`
    /// fails the run, or makes the body run again when the run's own `retry` says so; finished steps are not
    /// repeated.
    ///
    /// - Parameters:
    ///   - name: the workflow's name; nil for a run whose kind does not matter.
    ///   - id: the run's id; nil lets the daemon make one.
    ///   - input: what the run works on.
    ///   - body: the workflow; everything it must not do twice belongs into steps.
    /// - Returns: the output of `body`, from now or from the journal.
    public func workflow<Output: Codable & Sendable>(
        _ name: String?, run id: String? = nil, input: (some Encodable & Sendable)?,
        options: ResumeOptions = ResumeOptions(), _ body: @Sendable (Run) async throws -> Output
    ) async throws -> Output {
        let run = try await resume(id, workflow: name, input: input, options: options)
        if let outcome = run.outcome {
            return try payloads.decode(Output.self, from: try outcome.get(run: run.id, payloads))
        }
        return try await run.execute(undo: options.undo, body)
    }

    /// Executes a workflow without input as a run.
    public func workflow<Output: Codable & Sendable>(
        _ name: String?, run id: String? = nil, options: ResumeOptions = ResumeOptions(),
        _ body: @Sendable (Run) async throws -> Output
    ) async throws -> Output {
        try await workflow(name, run: id, input: RawJSON?.none, options: options, body)
    }

    /// Executes a workflow whose end has no value.
    public func workflow(
        _ name: String?, run id: String? = nil, input: (some Encodable & Sendable)? = RawJSON?.none,
        options: ResumeOptions = ResumeOptions(), _ body: @Sendable (Run) async throws -> Void
    ) async throws {
        let _: NoValue = try await workflow(name, run: id, input: input, options: options) { run in
            try await body(run)
            return NoValue()
        }
    }

    /// Opens a run for as long as `body` lasts, and gives it back when that returns or throws.
    ///
    /// A run that `body` completed or failed has its end; every other one is open for whoever comes next. On a
    /// cancel what its steps did is undone first.
    ///
    /// - Returns: what `body` returns; it is recorded nowhere.
    nonisolated(nonsending) public func withRun<Result: Sendable>(
        _ id: String? = nil, workflow: String? = nil, input: (some Encodable & Sendable)? = RawJSON?.none,
        options: ResumeOptions = ResumeOptions(),
        _ body: (Run) async throws -> Result
    ) async throws -> Result {
        let run = try await resume(id, workflow: workflow, input: input, options: options)
        let compensations = Compensations()
        run.undoing.withLock { $0.value = compensations }
        do {
            let result = try await body(run)
            try await run.leave(keeping: compensations)
            return result
        } catch {
            // What went wrong in the body is what counts: the daemon frees the run by itself in the end.
            try? await run.leave(keeping: compensations)
            throw error
        }
    }
}

extension Run {
    /// Gives the run back, unless it has its end or another owner.
    fileprivate func leave(keeping compensations: Compensations) async throws {
        if isAskedToEnd {
            _ = await endCancelled()
        } else if ended == nil, lease != nil {
            try await release()
        }
        withExtendedLifetime(compensations) {}
    }
}
