// swift-format-ignore-file
// Generated from the method table by `make generate`; do not edit.
import FoundationEssentials
import SidestepProtocol

extension Wire {
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

    /// Shows what a run did over time, as much of it as a drawing of some width can show.
    ///
    /// - Parameters:
    ///   - run: the id of the run.
    ///   - width: columns of the drawing. Default: 800.
    ///   - fromAt: where it begins (default: where the run does).
    ///   - untilAt: where it ends (default: where the run does, or now).
    @discardableResult
    public func runTimeline(
        run: String,
        width: Int? = nil,
        fromAt: Date? = nil,
        untilAt: Date? = nil
    ) async throws -> RunTimelineResult {
        try RunTimelineResult(try await call("run.timeline", mayResend: true) { writer in
            writer.wire("run", run)
            writer.wire("width", width)
            writer.wire("from_at", fromAt)
            writer.wire("until_at", untilAt)
        })
    }

    /// What `run.timeline` answers.
    public struct RunTimelineResult: WireReadable {
        /// Where the drawing begins.
        public var fromAt: Date
        /// Where it ends.
        public var untilAt: Date
        /// Who had the run, the oldest first.
        public var lives: [RawJSON]
        /// What its own steps did.
        public var spans: [RawJSON]
        /// What else happened, the oldest first.
        public var marks: [RawJSON]
        /// Whether there is more than was looked at: a shorter stretch shows more.
        public var partial: Bool

        init(_ reader: WireReader) throws {
            fromAt = try reader.must("from_at")
            untilAt = try reader.must("until_at")
            lives = try reader.must("lives")
            spans = try reader.must("spans")
            marks = try reader.must("marks")
            partial = try reader.must("partial")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("RunTimelineResult", wire))
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
        /// Its place in its queue, from 1, while it waits there.
        public var place: Int?

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
            place = try reader.may("place")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("RunExplainResult", wire))
        }
    }

    /// Sums what runs have used, by day, model, workflow or user: also of runs that are removed.
    ///
    /// - Parameters:
    ///   - by: what a line is about. Default: day.
    ///   - fromAt: from the hour that this is in (default: thirty days before the end).
    ///   - untilAt: until the hour that this is in (default: now).
    ///   - timeZone: the IANA name of the zone in which days begin. Default: UTC.
    ///   - workflow: only of runs of this workflow.
    ///   - model: only of this model; empty is where nobody said which.
    ///   - user: only of runs of this user; those of others are an administrator's.
    @discardableResult
    public func runUsage(
        by: String? = nil,
        fromAt: Date? = nil,
        untilAt: Date? = nil,
        timeZone: String? = nil,
        workflow: String? = nil,
        model: String? = nil,
        user: Int? = nil
    ) async throws -> RunUsageResult {
        try RunUsageResult(try await call("run.usage", mayResend: true) { writer in
            writer.wire("by", by)
            writer.wire("from_at", fromAt)
            writer.wire("until_at", untilAt)
            writer.wire("time_zone", timeZone)
            writer.wire("workflow", workflow)
            writer.wire("model", model)
            writer.wire("user", user)
        })
    }

    /// What `run.usage` answers.
    public struct RunUsageResult: WireReadable {
        /// Days in their order, others by what they used.
        public var lines: [RawJSON]

        init(_ reader: WireReader) throws {
            lines = try reader.must("lines")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("RunUsageResult", wire))
        }
    }
}
