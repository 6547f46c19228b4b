// swift-format-ignore-file
// Generated from the method table by `make generate`; do not edit.
import FoundationEssentials
import SidestepProtocol

extension Wire {
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

    /// Cancels, retries, pauses, unpauses or deletes many runs: those named, or those that a filter finds.
    ///
    /// - Parameters:
    ///   - action: what is done; `retry` opens failed and cancelled runs again, their finished steps stay.
    ///   - runs: the runs, in place of a filter.
    ///   - all: whether all runs are meant where there is no filter. Default: false.
    ///   - workflow: only runs of this workflow.
    ///   - status: only runs with this status.
    ///   - open: only runs that are not closed. Default: false.
    ///   - tag: only runs with all these tags.
    ///   - createdAfter: only runs made after this moment.
    ///   - createdBefore: only runs made before this moment.
    ///   - newerThan: only runs made no longer ago than this.
    ///   - olderThan: only runs made longer ago than this.
    ///   - text: only runs whose id or workflow holds this text.
    ///   - parent: only children of this run.
    ///   - user: only runs of this user; those of others are an administrator's.
    ///   - reason: with `cancel`: why, for people.
    ///   - grace: with `cancel`: how long owners may take. Default: 30000.
    ///   - dryRun: whether only to say to which runs it would be done. Default: false.
    ///   - limit: runs to look at; with `dry_run` the ids to name. Default: 100.
    ///   - cursor: `more` of the call before.
    @discardableResult
    public func runBulk(
        action: String,
        runs: [String]? = nil,
        all: Bool? = nil,
        workflow: String? = nil,
        status: String? = nil,
        open: Bool? = nil,
        tag: [String: String]? = nil,
        createdAfter: Int? = nil,
        createdBefore: Int? = nil,
        newerThan: Duration? = nil,
        olderThan: Duration? = nil,
        text: String? = nil,
        parent: String? = nil,
        user: Int? = nil,
        reason: String? = nil,
        grace: Duration? = nil,
        dryRun: Bool? = nil,
        limit: Int? = nil,
        cursor: String? = nil
    ) async throws -> RunBulkResult {
        try RunBulkResult(try await call("run.bulk", mayResend: false) { writer in
            writer.wire("action", action)
            writer.wire("runs", runs)
            writer.wire("all", all)
            writer.wire("workflow", workflow)
            writer.wire("status", status)
            writer.wire("open", open)
            writer.wire("tag", tag)
            writer.wire("created_after", createdAfter)
            writer.wire("created_before", createdBefore)
            writer.wire("newer_than_ms", newerThan)
            writer.wire("older_than_ms", olderThan)
            writer.wire("text", text)
            writer.wire("parent", parent)
            writer.wire("user", user)
            writer.wire("reason", reason)
            writer.wire("grace_ms", grace)
            writer.wire("dry_run", dryRun)
            writer.wire("limit", limit)
            writer.wire("cursor", cursor)
        })
    }

    /// What `run.bulk` answers.
    public struct RunBulkResult: WireReadable {
        /// To how many runs it was done, or would be.
        public var count: Int
        /// Their ids, in the order in which it was done.
        public var runs: [String]
        /// Runs that it cannot be done to.
        public var skipped: [RawJSON]
        /// The cursor with which the call goes on; absent when all were looked at.
        public var more: String?

        init(_ reader: WireReader) throws {
            count = try reader.must("count")
            runs = try reader.must("runs")
            skipped = try reader.must("skipped")
            more = try reader.may("more")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("RunBulkResult", wire))
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
}
