// swift-format-ignore-file
// Generated from the method table by `make generate`; do not edit.
import FoundationEssentials
import SidestepProtocol

extension Wire {
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

    /// Compares the steps of two runs, the first difference first.
    ///
    /// - Parameters:
    ///   - run: the id of the run.
    ///   - other: the run to compare it with.
    ///   - limit: differences at most. Default: 1000.
    ///   - maxBytes: about how large the answer may be.
    @discardableResult
    public func runDiff(
        run: String,
        other: String,
        limit: Int? = nil,
        maxBytes: Int? = nil
    ) async throws -> RunDiffResult {
        try RunDiffResult(try await call("run.diff", mayResend: true) { writer in
            writer.wire("run", run)
            writer.wire("other", other)
            writer.wire("limit", limit)
            writer.wire("max_bytes", maxBytes)
        })
    }

    /// What `run.diff` answers.
    public struct RunDiffResult: WireReadable {
        /// The run as it is now.
        public var run: Wire.RunObject
        /// The other run as it is now.
        public var other: Wire.RunObject
        /// Whether both were begun with the same input.
        public var sameInput: Bool
        /// Whether both returned the same.
        public var sameOutput: Bool
        /// How many steps are the same in both.
        public var same: Int
        /// How many of these are one record.
        public var shared: Int
        /// The steps that differ.
        public var steps: [Wire.StepDifferenceObject]
        /// Whether there are more than fit the answer.
        public var more: Bool

        init(_ reader: WireReader) throws {
            run = try reader.must("run")
            other = try reader.must("other")
            sameInput = try reader.must("same_input")
            sameOutput = try reader.must("same_output")
            same = try reader.must("same")
            shared = try reader.must("shared")
            steps = try reader.must("steps")
            more = try reader.must("more")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("RunDiffResult", wire))
        }
    }
}
