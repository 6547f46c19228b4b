import SidestepProtocol

extension Sidestep {
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
            return try Payloads.decode(Output.self, from: try outcome.get(run: run.id))
        }
        return try await run.execute(body)
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
        let _: RawJSON = try await workflow(name, run: id, input: input, options: options) { run in
            try await body(run)
            return .null
        }
    }
}

extension Run {
    /// Runs the body, again as long as the run's policy says, and records its end.
    func execute<Output: Codable & Sendable>(_ body: @Sendable (Run) async throws -> Output) async throws
        -> Output
    {
        while true {
            do {
                let output = try Payloads.encode(try await body(self))
                // What every replay will get, the first execution gets as well.
                let recorded = try Payloads.decode(Output.self, from: output)
                try await complete(output)
                return recorded
            } catch {
                try await settle(error)
            }
        }
    }

    /// Returns when the workflow is to be executed again; else records its end and throws.
    private func settle(_ error: any Error) async throws {
        if let ended {
            if isAskedToEnd { await endCancelled() }
            throw ended
        }
        if leavesRunOpen(error) {
            // Best effort: the daemon frees the run by itself when this process ends.
            try? await release()
            throw error
        }
        let answer = try await recordFailure(error)
        guard answer.retry else { throw error }
        restart()
        try await Task.sleep(for: answer.delay)
    }

    /// Errors that say nothing about the workflow: somebody must act, or it was only stopped.
    private func leavesRunOpen(_ error: any Error) -> Bool {
        if error is CancellationError { return Task.isCancelled }
        // Of another run, which this one waits for.
        if error is RunSuspended { return true }
        guard let error = error as? SidestepError else { return false }
        let open: Set<SidestepError.Kind> = [
            .stepUnknown, .stepMismatch, .connectionLost, .daemonNotFound, .shuttingDown,
        ]
        return open.contains(error.kind)
    }
}
