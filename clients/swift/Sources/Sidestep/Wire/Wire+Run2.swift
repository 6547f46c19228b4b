// swift-format-ignore-file
// Generated from the method table by `make generate`; do not edit.
import FoundationEssentials
import SidestepProtocol

extension Wire {
    /// Returns a run with its input, its result and what it consumed.
    ///
    /// - Parameters:
    ///   - run: the id of the run.
    ///   - generation: which generation. Default: the latest.
    @discardableResult
    public func runGet(
        run: String,
        generation: Int? = nil
    ) async throws -> RunGetResult {
        try RunGetResult(try await call("run.get", mayResend: true) { writer in
            writer.wire("run", run)
            writer.wire("generation", generation)
        })
    }

    /// What `run.get` answers.
    public struct RunGetResult: WireReadable {
        /// The run as it is now.
        public var run: Wire.RunObject
        /// What the run was begun with.
        public var input: RawJSON?
        /// What it returned.
        public var output: RawJSON?
        /// How it failed.
        public var error: RawJSON?
        /// What its steps and recorded calls consumed.
        public var usage: RawJSON?
        /// How many steps there are of each status.
        public var steps: RawJSON
        /// How many recorded calls there are of each state.
        public var recordings: RawJSON?
        /// The id of the latest checkpoint.
        public var checkpoint: String?
        /// The names in its state.
        public var state: [String]?
        /// What it may use up and has.
        public var budget: RawJSON?
        /// What it was made from, if it is a fork.
        public var forkedFrom: Wire.LineageObject?
        /// The ids of its forks, the oldest hundred.
        public var forks: [String]?
        /// The run's own span, for what is below it; none when nobody is told of traces.
        public var traceparent: String?

        init(_ reader: WireReader) throws {
            run = try reader.must("run")
            input = try reader.may("input")
            output = try reader.may("output")
            error = try reader.may("error")
            usage = try reader.may("usage")
            steps = try reader.must("steps")
            recordings = try reader.may("recordings")
            checkpoint = try reader.may("checkpoint")
            state = try reader.may("state")
            budget = try reader.may("budget")
            forkedFrom = try reader.may("forked_from")
            forks = try reader.may("forks")
            traceparent = try reader.may("traceparent")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("RunGetResult", wire))
        }
    }

    /// Lists runs, the newest first.
    ///
    /// - Parameters:
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
    ///   - limit: runs on a page. Default: 100.
    ///   - cursor: `more` of the page before.
    @discardableResult
    public func runList(
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
        limit: Int? = nil,
        cursor: String? = nil
    ) async throws -> RunListResult {
        try RunListResult(try await call("run.list", mayResend: true) { writer in
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
            writer.wire("limit", limit)
            writer.wire("cursor", cursor)
        })
    }

    /// What `run.list` answers.
    public struct RunListResult: WireReadable {
        /// The runs.
        public var runs: [Wire.RunObject]
        /// The cursor of the next page.
        public var more: String?

        init(_ reader: WireReader) throws {
            runs = try reader.must("runs")
            more = try reader.may("more")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("RunListResult", wire))
        }
    }

    /// Returns what a run came to, and waits for it when asked to.
    ///
    /// - Parameters:
    ///   - run: the id of the run.
    ///   - wait: the longest time to wait. Default: 0.
    @discardableResult
    public func runResult(
        run: String,
        wait: Duration? = nil
    ) async throws -> RunResultResult {
        try RunResultResult(try await call("run.result", mayResend: true) { writer in
            writer.wire("run", run)
            writer.wire("wait_ms", wait)
        })
    }

    /// What `run.result` answers.
    public struct RunResultResult: WireReadable {
        /// How it ended.
        public var status: String
        /// What it returned.
        public var output: RawJSON?
        /// How it failed.
        public var error: RawJSON?

        init(_ reader: WireReader) throws {
            status = try reader.must("status")
            output = try reader.may("output")
            error = try reader.may("error")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("RunResultResult", wire))
        }
    }

    /// Closes the run with its output.
    ///
    /// - Parameters:
    ///   - run: the run. Default: the one of the lease.
    ///   - lease: the lease. Default: the one that this connection was granted.
    ///   - output: what the run returned.
    @discardableResult
    public func runComplete(
        run: String? = nil,
        lease: String? = nil,
        output: RawJSON? = nil
    ) async throws -> RunCompleteResult {
        try RunCompleteResult(try await call("run.complete", mayResend: true) { writer in
            writer.wire("run", run)
            writer.wire("lease", lease)
            writer.wire("output", output)
        })
    }

    /// What `run.complete` answers.
    public struct RunCompleteResult: WireReadable {
        /// The run as it is now.
        public var run: Wire.RunObject

        init(_ reader: WireReader) throws {
            run = try reader.must("run")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("RunCompleteResult", wire))
        }
    }

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
}
