// swift-format-ignore-file
// Generated from the method table by `make generate`; do not edit.
import FoundationEssentials
import SidestepProtocol

extension Wire {
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
        /// How the last start that has ended did so: `exit:N`, `signal:N`, `failed`, `released`, `completed`,
        /// or why its owner was lost: `died`, `reboot`, `disconnected`, `expired`, `taken_over`,
        /// `never_began`.
        public var lastEnd: String?

        init(_ reader: WireReader) throws {
            run = try reader.must("run")
            reasons = try reader.must("reasons")
            sentences = try reader.must("sentences")
            next = try reader.must("next")
            command = try reader.may("command")
            unknownSteps = try reader.must("unknown_steps")
            runningSteps = try reader.must("running_steps")
            lastAct = try reader.may("last_act")
            lastEnd = try reader.may("last_end")
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
