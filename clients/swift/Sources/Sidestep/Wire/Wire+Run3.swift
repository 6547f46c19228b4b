// swift-format-ignore-file
// Generated from the method table by `make generate`; do not edit.
import FoundationEssentials
import SidestepProtocol

extension Wire {
    /// Gives the run back without closing it.
    ///
    /// - Parameters:
    ///   - run: the run. Default: the one of the lease.
    ///   - lease: the lease. Default: the one that this connection was granted.
    @discardableResult
    public func runRelease(
        run: String? = nil,
        lease: String? = nil
    ) async throws -> RunReleaseResult {
        try RunReleaseResult(try await call("run.release", mayResend: true) { writer in
            writer.wire("run", run)
            writer.wire("lease", lease)
        })
    }

    /// What `run.release` answers.
    public struct RunReleaseResult: WireReadable {
        /// The run as it is now.
        public var run: Wire.RunObject

        init(_ reader: WireReader) throws {
            run = try reader.must("run")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("RunReleaseResult", wire))
        }
    }

    /// Lets go of a run that waits: a worker gets it when one of its waits is over.
    ///
    /// - Parameters:
    ///   - run: the run. Default: the one of the lease.
    ///   - lease: the lease. Default: the one that this connection was granted.
    ///   - steps: the waits that the owner takes for open. Default: all that are.
    @discardableResult
    public func runSuspend(
        run: String? = nil,
        lease: String? = nil,
        steps: [String]? = nil
    ) async throws -> RunSuspendResult {
        try RunSuspendResult(try await call("run.suspend", mayResend: true) { writer in
            writer.wire("run", run)
            writer.wire("lease", lease)
            writer.wire("steps", steps)
        })
    }

    /// What `run.suspend` answers.
    public struct RunSuspendResult: WireReadable {
        /// The run as it is now.
        public var run: Wire.RunObject
        /// False when a wait is over already and the owner keeps the run.
        public var suspended: Bool
        /// The waits that are over.
        public var ready: [String]

        init(_ reader: WireReader) throws {
            run = try reader.must("run")
            suspended = try reader.must("suspended")
            ready = try reader.must("ready")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("RunSuspendResult", wire))
        }
    }

    /// Stops the run and fences its owner.
    ///
    /// - Parameters:
    ///   - run: the id of the run.
    @discardableResult
    public func runPause(
        run: String
    ) async throws -> RunPauseResult {
        try RunPauseResult(try await call("run.pause", mayResend: false) { writer in
            writer.wire("run", run)
        })
    }

    /// What `run.pause` answers.
    public struct RunPauseResult: WireReadable {
        /// The run as it is now.
        public var run: Wire.RunObject

        init(_ reader: WireReader) throws {
            run = try reader.must("run")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("RunPauseResult", wire))
        }
    }

    /// Lets a paused run be resumed, its interruptions forgotten.
    ///
    /// - Parameters:
    ///   - run: the id of the run.
    @discardableResult
    public func runUnpause(
        run: String
    ) async throws -> RunUnpauseResult {
        try RunUnpauseResult(try await call("run.unpause", mayResend: false) { writer in
            writer.wire("run", run)
        })
    }

    /// What `run.unpause` answers.
    public struct RunUnpauseResult: WireReadable {
        /// The run as it is now.
        public var run: Wire.RunObject

        init(_ reader: WireReader) throws {
            run = try reader.must("run")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("RunUnpauseResult", wire))
        }
    }

    /// Asks a run and its children to end; the owner may first undo what it did.
    ///
    /// - Parameters:
    ///   - run: the id of the run.
    ///   - reason: why, for people.
    ///   - grace: how long the owner may take. Default: 30000.
    ///   - kill: whether the owner's process is ended, too. Default: false.
    @discardableResult
    public func runCancel(
        run: String,
        reason: String? = nil,
        grace: Duration? = nil,
        kill: Bool? = nil
    ) async throws -> RunCancelResult {
        try RunCancelResult(try await call("run.cancel", mayResend: false) { writer in
            writer.wire("run", run)
            writer.wire("reason", reason)
            writer.wire("grace_ms", grace)
            writer.wire("kill", kill)
        })
    }

    /// What `run.cancel` answers.
    public struct RunCancelResult: WireReadable {
        /// The run as it is now.
        public var run: Wire.RunObject

        init(_ reader: WireReader) throws {
            run = try reader.must("run")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("RunCancelResult", wire))
        }
    }

    /// Removes a run and everything recorded of it.
    ///
    /// - Parameters:
    ///   - run: the id of the run.
    @discardableResult
    public func runDelete(
        run: String
    ) async throws -> RunDeleteResult {
        try RunDeleteResult(try await call("run.delete", mayResend: false) { writer in
            writer.wire("run", run)
        })
    }

    /// What `run.delete` answers.
    public struct RunDeleteResult: WireReadable {
        /// Whether there was one.
        public var deleted: Bool

        init(_ reader: WireReader) throws {
            deleted = try reader.must("deleted")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("RunDeleteResult", wire))
        }
    }

    /// Changes what is noted about a run.
    ///
    /// - Parameters:
    ///   - run: the id of the run.
    ///   - tags: tags to set; null removes one.
    ///   - metadata: the new metadata.
    ///   - deadlineAt: when it must be closed.
    ///   - budget: what it may use up; what is not named stays.
    @discardableResult
    public func runUpdate(
        run: String,
        tags: [String: String?]? = nil,
        metadata: RawJSON? = nil,
        deadlineAt: Date? = nil,
        budget: Wire.BudgetObject? = nil
    ) async throws -> RunUpdateResult {
        try RunUpdateResult(try await call("run.update", mayResend: false) { writer in
            writer.wire("run", run)
            writer.wire("tags", tags)
            writer.wire("metadata", metadata)
            writer.wire("deadline_at", deadlineAt)
            writer.wire("budget", budget)
        })
    }

    /// What `run.update` answers.
    public struct RunUpdateResult: WireReadable {
        /// The run as it is now.
        public var run: Wire.RunObject

        init(_ reader: WireReader) throws {
            run = try reader.must("run")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("RunUpdateResult", wire))
        }
    }
}
