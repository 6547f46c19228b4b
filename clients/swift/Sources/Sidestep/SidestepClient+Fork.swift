import SidestepProtocol

/// Where a run is forked.
public enum ForkPoint: Sendable {
    /// Before this step, which is executed again with all that comes after it.
    case step(String)
    /// Where this checkpoint was saved.
    case checkpoint(String)
    /// Where it failed: all that was completed is kept.
    case failed
    /// Where it stands.
    case end
}

extension SidestepClient {
    /// Makes a run that begins with what another one recorded; the source stays as it is.
    ///
    /// The new run is queued: a worker takes it, or its program resumes it by its id.
    ///
    /// - Parameters:
    ///   - new: the id of the new run; nil lets the daemon make one. With one, the call may be repeated.
    ///   - input: another input than the source's.
    ///   - state: another state than that of the checkpoint at the point.
    /// - Returns: the id of the new run.
    /// - Throws: `SidestepError`; `runNotFound`, `runConflict` when `new` is taken, `checkpointNotFound`.
    @discardableResult
    public func fork(
        _ run: String, as new: String? = nil, at point: ForkPoint = .end,
        input: (some Encodable & Sendable)?, state: (some Encodable & Sendable)?
    ) async throws -> String {
        let input = try input.map { try payloads.encode($0) }
        let state = try state.map { try payloads.encode($0) }
        let made = try await call("run.fork", mayResend: new != nil) { writer in
            writer.member("run", run)
            writer.member("new_run", new)
            switch point {
            case .step(let name): writer.member("step", name)
            case .checkpoint(let id): writer.member("checkpoint", id)
            case .failed: writer.member("from_failed", true)
            case .end: break
            }
            writer.member("input", input)
            writer.member("state", state)
        }
        return made["run"]?["id"]?.string ?? ""
    }

    /// Makes a run that begins with what another one recorded, with its input and state.
    @discardableResult
    public func fork(_ run: String, as new: String? = nil, at point: ForkPoint = .end) async throws -> String
    {
        try await fork(run, as: new, at: point, input: RawJSON?.none, state: RawJSON?.none)
    }

    /// The names of the steps that differ between two runs, the first difference first.
    public func differingSteps(of run: String, and other: String) async throws -> [String] {
        let found = try await call("run.diff") { writer in
            writer.member("run", run)
            writer.member("other", other)
        }
        return found["steps"]?.elements.compactMap { $0["step"]?.string } ?? []
    }
}
