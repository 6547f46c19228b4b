import SidestepProtocol
import Synchronization

extension Run {
    /// Runs the body, again as long as the run's policy says, and records its end.
    package func execute<Output: Codable & Sendable>(
        undo: Undoing?, _ body: @Sendable (Run) async throws -> Output
    ) async throws -> Output {
        while true {
            // Of this execution: the next one is told anew how to undo what it finds done.
            let compensations = Compensations()
            undoing.withLock { $0.value = compensations }
            do {
                let output = try client.payloads.encode(try await observed { try await body(self) })
                // What every replay will get, the first execution gets as well.
                let recorded = try client.payloads.decode(Output.self, from: output)
                try await complete(output)
                return recorded
            } catch {
                try await settle(error, undo)
            }
            withExtendedLifetime(compensations) {}
        }
    }

    private func observed<Output>(_ body: () async throws -> Output) async throws -> Output {
        try await client.configuration.observed(
            Activity(kind: .workflow, name: workflow ?? "run", run: id, headers: headers), body)
    }

    /// Returns when the workflow is to be executed again; else records its end and throws.
    private func settle(_ error: any Error, _ undo: Undoing?) async throws {
        if let ended { throw isAskedToEnd ? cancelled(ended, await endCancelled()) : ended }
        if leavesRunOpen(error) {
            // Best effort: the daemon frees the run by itself when this process ends.
            try? await release()
            throw error
        }
        let answer = try await recordFailure(error, undoesFirst: undo == .onCancelOrFailure)
        if answer.isToUndo { throw try await undone(after: error) }
        guard answer.retry else { throw recorded(error) }
        restart()
        try await Task.sleep(for: answer.delay)
    }

    /// Undoes what was done, records the failure, and says how it all ended.
    private func undone(after error: any Error) async throws -> any Error {
        let failures = await self.undo()
        _ = try await recordFailure(error)
        guard !failures.isEmpty else { return recorded(error) }
        var failed = SidestepError(
            .runFailed, "the run failed (\(error)), and \(failures.count) of its steps could not be undone",
            run: id, hint: "undo by hand what is in `notUndone`; `sidestep why \(id)` names the steps, too")
        failed.failure = Failure(error, client.payloads).error
        failed.cause = error
        failed.notUndone = failures
        return failed
    }

    private func cancelled(_ ended: any Error, _ failures: [SidestepError]) -> any Error {
        guard var error = ended as? SidestepError else { return ended }
        error.notUndone = failures
        return error
    }

    /// An error that is Codable, as every later caller gets it; any other one as it is.
    private func recorded(_ error: any Error) -> any Error {
        RecordedError(Failure(error, client.payloads).error).thrown(client.payloads) ?? error
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
        return open.contains(error.kind) || error.kind == .timeout && error.which == "call"
    }
}
