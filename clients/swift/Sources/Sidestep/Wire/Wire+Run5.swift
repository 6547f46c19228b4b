// swift-format-ignore-file
// Generated from the method table by `make generate`; do not edit.
import FoundationEssentials
import SidestepProtocol

extension Wire {
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

    /// Removes closed runs: those that the rules of retention say, or those closed before a moment.
    ///
    /// - Parameters:
    ///   - before: only runs closed before this moment. Default: what the rules say.
    ///   - workflow: only runs of this workflow.
    ///   - status: only runs that ended like this.
    ///   - dryRun: whether only to say what would be removed. Default: false.
    @discardableResult
    public func runPrune(
        before: Int? = nil,
        workflow: String? = nil,
        status: String? = nil,
        dryRun: Bool? = nil
    ) async throws -> RunPruneResult {
        try RunPruneResult(try await call("run.prune", mayResend: false) { writer in
            writer.wire("before", before)
            writer.wire("workflow", workflow)
            writer.wire("status", status)
            writer.wire("dry_run", dryRun)
        })
    }

    /// What `run.prune` answers.
    public struct RunPruneResult: WireReadable {
        /// How many runs were removed, or would be.
        public var runs: Int
        /// With `dry_run`: about how many bytes of payload they have.
        public var bytes: Int?
        /// True where the bytes of some were guessed from those of the others.
        public var estimate: Bool?
        /// Whether the same call would remove more.
        public var more: Bool

        init(_ reader: WireReader) throws {
            runs = try reader.must("runs")
            bytes = try reader.may("bytes")
            estimate = try reader.may("estimate")
            more = try reader.must("more")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("RunPruneResult", wire))
        }
    }

    /// Returns all of a run as lines of JSON that another daemon can import, payloads unchanged.
    ///
    /// - Parameters:
    ///   - run: the id of the run.
    ///   - generation: which generation. Default: the latest.
    ///   - cursor: `more` of the page before.
    ///   - maxBytes: about how large a page may be.
    ///   - withoutRecordings: whether recorded calls are without their bodies and keys, as if those had been
    ///   deleted. Default: false.
    @discardableResult
    public func runExport(
        run: String,
        generation: Int? = nil,
        cursor: String? = nil,
        maxBytes: Int? = nil,
        withoutRecordings: Bool? = nil
    ) async throws -> RunExportResult {
        try RunExportResult(try await call("run.export", mayResend: true) { writer in
            writer.wire("run", run)
            writer.wire("generation", generation)
            writer.wire("cursor", cursor)
            writer.wire("max_bytes", maxBytes)
            writer.wire("without_recordings", withoutRecordings)
        })
    }

    /// What `run.export` answers.
    public struct RunExportResult: WireReadable {
        /// The lines, each an object with a `kind`.
        public var lines: [RawJSON]
        /// The cursor of the next page.
        public var more: String?

        init(_ reader: WireReader) throws {
            lines = try reader.must("lines")
            more = try reader.may("more")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("RunExportResult", wire))
        }
    }
}
