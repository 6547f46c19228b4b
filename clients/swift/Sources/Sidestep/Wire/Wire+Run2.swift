// swift-format-ignore-file
// Generated from the method table by `make generate`; do not edit.
import FoundationEssentials
import SidestepProtocol

extension Wire {
    /// Reports that the run failed; its policy decides whether it is tried again.
    ///
    /// - Parameters:
    ///   - run: the run. Default: the one of the lease.
    ///   - lease: the lease. Default: the one that this connection was granted.
    ///   - error: how it failed.
    ///   - types: the types of the error, the most specific first.
    ///   - retryable: whether another attempt may help. Default: true.
    ///   - retryAfter: the delay that the outside world asked for.
    ///   - attempt: the attempt that failed: the same message again counts once. Default: the one that runs.
    ///   - undoes: whether the owner undoes first what was done: a last failure is then not recorded yet.
    ///   Default: false.
    @discardableResult
    public func runFail(
        run: String? = nil,
        lease: String? = nil,
        error: RawJSON? = nil,
        types: [String]? = nil,
        retryable: Bool? = nil,
        retryAfter: Duration? = nil,
        attempt: Int? = nil,
        undoes: Bool? = nil
    ) async throws -> RunFailResult {
        try RunFailResult(try await call("run.fail", mayResend: true) { writer in
            writer.wire("run", run)
            writer.wire("lease", lease)
            writer.wire("error", error)
            writer.wire("types", types)
            writer.wire("retryable", retryable)
            writer.wire("retry_after_ms", retryAfter)
            writer.wire("attempt", attempt)
            writer.wire("undoes", undoes)
        })
    }

    /// What `run.fail` answers.
    public struct RunFailResult: WireReadable {
        /// The run as it is now.
        public var run: Wire.RunObject
        /// Whether the owner keeps the run and executes it again.
        public var retry: Bool
        /// Whether the owner is to undo now, and to report the failure again.
        public var undo: Bool?
        /// How long to wait before that.
        public var delay: Duration?
        /// The attempt to come, or the last one.
        public var attempt: Int

        init(_ reader: WireReader) throws {
            run = try reader.must("run")
            retry = try reader.must("retry")
            undo = try reader.may("undo")
            delay = try reader.may("delay_ms")
            attempt = try reader.must("attempt")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("RunFailResult", wire))
        }
    }

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

    /// Returns the journal of a run, the oldest entry first.
    ///
    /// - Parameters:
    ///   - run: the id of the run.
    ///   - after: the sequence after which to begin. Default: 0.
    ///   - limit: entries on a page. Default: 1000.
    @discardableResult
    public func runHistory(
        run: String,
        after: Int? = nil,
        limit: Int? = nil
    ) async throws -> RunHistoryResult {
        try RunHistoryResult(try await call("run.history", mayResend: true) { writer in
            writer.wire("run", run)
            writer.wire("after", after)
            writer.wire("limit", limit)
        })
    }

    /// What `run.history` answers.
    public struct RunHistoryResult: WireReadable {
        /// What happened.
        public var entries: [Wire.JournalEntryObject]
        /// The sequence to give as `after` for the next page.
        public var more: Int?

        init(_ reader: WireReader) throws {
            entries = try reader.must("entries")
            more = try reader.may("more")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("RunHistoryResult", wire))
        }
    }

    /// Says in sentences what a run is doing, why, and what can be done about it.
    ///
    /// - Parameters:
    ///   - run: the id of the run.
    @discardableResult
    public func runExplain(
        run: String
    ) async throws -> RunExplainResult {
        try RunExplainResult(try await call("run.explain", mayResend: true) { writer in
            writer.wire("run", run)
        })
    }

    /// What `run.explain` answers.
    public struct RunExplainResult: WireReadable {
        /// The run as it is now.
        public var run: Wire.RunObject
        /// Why it is where it is, the most important first: [reasons](reasons.md).
        public var reasons: [String]
        /// What it is doing and since when.
        public var sentences: [String]
        /// What happens next.
        public var next: String
        /// The command line that changes it, as it stands.
        public var command: String?
        /// Steps somebody has to resolve.
        public var unknownSteps: [RawJSON]
        /// Steps that are executed now.
        public var runningSteps: [RawJSON]
        /// What somebody did to it last.
        public var lastAct: RawJSON?

        init(_ reader: WireReader) throws {
            run = try reader.must("run")
            reasons = try reader.must("reasons")
            sentences = try reader.must("sentences")
            next = try reader.must("next")
            command = try reader.may("command")
            unknownSteps = try reader.must("unknown_steps")
            runningSteps = try reader.must("running_steps")
            lastAct = try reader.may("last_act")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("RunExplainResult", wire))
        }
    }

    /// Tells this connection of every entry of journals, as notifications `run.event`, until it ends.
    ///
    /// - Parameters:
    ///   - run: only this run.
    ///   - workflow: only runs of this workflow.
    ///   - tag: only runs with all these tags.
    ///   - after: begin behind this sequence; 0 with what is there. Default: now.
    @discardableResult
    public func runWatch(
        run: String? = nil,
        workflow: String? = nil,
        tag: [String: String]? = nil,
        after: Int? = nil
    ) async throws -> RunWatchResult {
        try RunWatchResult(try await call("run.watch", mayResend: true) { writer in
            writer.wire("run", run)
            writer.wire("workflow", workflow)
            writer.wire("tag", tag)
            writer.wire("after", after)
        })
    }

    /// What `run.watch` answers.
    public struct RunWatchResult: WireReadable {
        /// What the notifications are marked with.
        public var watch: String
        /// The sequence behind which the notifications begin.
        public var sequence: Int

        init(_ reader: WireReader) throws {
            watch = try reader.must("watch")
            sequence = try reader.must("sequence")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("RunWatchResult", wire))
        }
    }
}
