// swift-format-ignore-file
// Generated from the method table by `make generate`; do not edit.
import FoundationEssentials
import SidestepProtocol

extension Wire {
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

    /// Ends a watch of this connection.
    ///
    /// - Parameters:
    ///   - watch: the watch.
    @discardableResult
    public func runUnwatch(
        watch: String
    ) async throws -> RunUnwatchResult {
        try RunUnwatchResult(try await call("run.unwatch", mayResend: true) { writer in
            writer.wire("watch", watch)
        })
    }

    /// What `run.unwatch` answers.
    public struct RunUnwatchResult: WireReadable {
        /// Whether there was one.
        public var ended: Bool

        init(_ reader: WireReader) throws {
            ended = try reader.must("ended")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("RunUnwatchResult", wire))
        }
    }

    /// Makes a run that shares what another one recorded up to a point, and goes its own way from there.
    ///
    /// - Parameters:
    ///   - run: the id of the run.
    ///   - newRun: the id of the fork. Default: one that the daemon makes.
    ///   - step: the step to execute again; all that was completed before it is shared.
    ///   - checkpoint: the id of the checkpoint to go on from.
    ///   - recording: the recorded call to make again, or to go on from with another answer.
    ///   - response: the answer that it has got instead.
    ///   - fromFailed: whether to execute again what failed. Default: false.
    ///   - workflow: the code that executes the fork. Default: that of the run.
    ///   - input: another input.
    ///   - state: another state than that of the checkpoint at the point.
    ///   - messages: another message history.
    ///   - signals: what becomes of signals that nobody consumed. Default: leave.
    @discardableResult
    public func runFork(
        run: String,
        newRun: String? = nil,
        step: String? = nil,
        checkpoint: String? = nil,
        recording: Int? = nil,
        response: Wire.ForkedResponseObject? = nil,
        fromFailed: Bool? = nil,
        workflow: String? = nil,
        input: RawJSON? = nil,
        state: RawJSON? = nil,
        messages: [RawJSON]? = nil,
        signals: String? = nil
    ) async throws -> RunForkResult {
        try RunForkResult(try await call("run.fork", mayResend: false) { writer in
            writer.wire("run", run)
            writer.wire("new_run", newRun)
            writer.wire("step", step)
            writer.wire("checkpoint", checkpoint)
            writer.wire("recording", recording)
            writer.wire("response", response)
            writer.wire("from_failed", fromFailed)
            writer.wire("workflow", workflow)
            writer.wire("input", input)
            writer.wire("state", state)
            writer.wire("messages", messages)
            writer.wire("signals", signals)
        })
    }

    /// What `run.fork` answers.
    public struct RunForkResult: WireReadable {
        /// The run as it is now.
        public var run: Wire.RunObject
        /// False when the same call made it before.
        public var created: Bool
        /// What it was made from.
        public var forkedFrom: Wire.LineageObject

        init(_ reader: WireReader) throws {
            run = try reader.must("run")
            created = try reader.must("created")
            forkedFrom = try reader.must("forked_from")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("RunForkResult", wire))
        }
    }
}
