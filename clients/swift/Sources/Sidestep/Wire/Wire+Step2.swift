// swift-format-ignore-file
// Generated from the method table by `make generate`; do not edit.
import FoundationEssentials
import SidestepProtocol

extension Wire {
    /// Records that an attempt failed and answers whether there is another.
    ///
    /// - Parameters:
    ///   - step: the name of the step.
    ///   - run: the run. Default: the one of the lease.
    ///   - lease: the lease. Default: the one that this connection was granted.
    ///   - error: how it failed.
    ///   - attempt: the attempt meant. Default: the one that is running.
    ///   - types: the types of the error, the most specific first.
    ///   - retryable: whether another attempt may help. Default: true.
    ///   - retryAfter: the delay that the outside world asked for.
    ///   - retry: the policy, when `step.begin` did not carry it.
    ///   - fingerprint: what the step's input looked like.
    ///   - usage: what the attempt consumed although it failed.
    @discardableResult
    public func stepFail(
        step: String,
        run: String? = nil,
        lease: String? = nil,
        error: RawJSON? = nil,
        attempt: Int? = nil,
        types: [String]? = nil,
        retryable: Bool? = nil,
        retryAfter: Duration? = nil,
        retry: Wire.RetryObject? = nil,
        fingerprint: String? = nil,
        usage: RawJSON? = nil
    ) async throws -> StepFailResult {
        try StepFailResult(try await call("step.fail", mayResend: true) { writer in
            writer.wire("run", run)
            writer.wire("lease", lease)
            writer.wire("step", step)
            writer.wire("error", error)
            writer.wire("attempt", attempt)
            writer.wire("types", types)
            writer.wire("retryable", retryable)
            writer.wire("retry_after_ms", retryAfter)
            writer.wire("retry", retry)
            writer.wire("fingerprint", fingerprint)
            writer.wire("usage", usage)
        })
    }

    /// What `step.fail` answers.
    public struct StepFailResult: WireReadable {
        /// The name of the step.
        public var step: String
        /// Whether there is another attempt.
        public var retry: Bool
        /// How long to wait before it.
        public var delay: Duration?
        /// The attempt to come, or the last one.
        public var attempt: Int
        /// When the next attempt may begin.
        public var nextAttemptAt: Date?

        init(_ reader: WireReader) throws {
            step = try reader.must("step")
            retry = try reader.must("retry")
            delay = try reader.may("delay_ms")
            attempt = try reader.must("attempt")
            nextAttemptAt = try reader.may("next_attempt_at")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("StepFailResult", wire))
        }
    }

    /// Says that a long step is getting on.
    ///
    /// - Parameters:
    ///   - step: the name of the step.
    ///   - run: the run. Default: the one of the lease.
    ///   - lease: the lease. Default: the one that this connection was granted.
    ///   - attempt: the attempt meant. Default: the one that is running.
    ///   - details: how far it is.
    @discardableResult
    public func stepHeartbeat(
        step: String,
        run: String? = nil,
        lease: String? = nil,
        attempt: Int? = nil,
        details: RawJSON? = nil
    ) async throws -> StepHeartbeatResult {
        try StepHeartbeatResult(try await call("step.heartbeat", mayResend: true) { writer in
            writer.wire("run", run)
            writer.wire("lease", lease)
            writer.wire("step", step)
            writer.wire("attempt", attempt)
            writer.wire("details", details)
        })
    }

    /// What `step.heartbeat` answers.
    public struct StepHeartbeatResult: WireReadable {

        init(_ reader: WireReader) throws {
            _ = reader
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("StepHeartbeatResult", wire))
        }
    }

    /// Returns one step.
    ///
    /// - Parameters:
    ///   - run: the id of the run.
    ///   - step: the name of the step.
    @discardableResult
    public func stepGet(
        run: String,
        step: String
    ) async throws -> StepGetResult {
        try StepGetResult(try await call("step.get", mayResend: true) { writer in
            writer.wire("run", run)
            writer.wire("step", step)
        })
    }

    /// What `step.get` answers.
    public struct StepGetResult: WireReadable {
        /// The name of the step.
        public var step: String
        /// What became of it.
        public var status: String
        /// The last attempt.
        public var attempt: Int
        /// Attempts that failed.
        public var failures: Int?
        /// What it returned.
        public var output: RawJSON?
        /// How it failed.
        public var error: RawJSON?
        /// What its input looked like.
        public var fingerprint: String?
        /// Whether it is never repeated by itself.
        public var atMostOnce: Bool?
        /// Whether it undoes what other steps did.
        public var compensation: Bool?
        /// What it consumed.
        public var usage: RawJSON?
        /// What its author noted.
        public var metadata: RawJSON?
        /// When the last attempt began.
        public var startedAt: Date?
        /// When its result was recorded.
        public var finishedAt: Date?
        /// When the next attempt may begin.
        public var nextAttemptAt: Date?
        /// When this attempt times out.
        public var attemptDeadlineAt: Date?

        init(_ reader: WireReader) throws {
            step = try reader.must("step")
            status = try reader.must("status")
            attempt = try reader.must("attempt")
            failures = try reader.may("failures")
            output = try reader.may("output")
            error = try reader.may("error")
            fingerprint = try reader.may("fingerprint")
            atMostOnce = try reader.may("at_most_once")
            compensation = try reader.may("compensation")
            usage = try reader.may("usage")
            metadata = try reader.may("metadata")
            startedAt = try reader.may("started_at")
            finishedAt = try reader.may("finished_at")
            nextAttemptAt = try reader.may("next_attempt_at")
            attemptDeadlineAt = try reader.may("attempt_deadline_at")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("StepGetResult", wire))
        }
    }

    /// Lists the steps of a run, the oldest first.
    ///
    /// - Parameters:
    ///   - run: the id of the run.
    ///   - cursor: `more` of the page before.
    ///   - limit: steps on a page. Default: 1000.
    ///   - maxBytes: about how large a page may be.
    ///   - status: only steps with this status.
    @discardableResult
    public func stepList(
        run: String,
        cursor: String? = nil,
        limit: Int? = nil,
        maxBytes: Int? = nil,
        status: String? = nil
    ) async throws -> StepListResult {
        try StepListResult(try await call("step.list", mayResend: true) { writer in
            writer.wire("run", run)
            writer.wire("cursor", cursor)
            writer.wire("limit", limit)
            writer.wire("max_bytes", maxBytes)
            writer.wire("status", status)
        })
    }

    /// What `step.list` answers.
    public struct StepListResult: WireReadable {
        /// The steps.
        public var steps: [Wire.StepObject]
        /// The cursor of the next page.
        public var more: String?

        init(_ reader: WireReader) throws {
            steps = try reader.must("steps")
            more = try reader.may("more")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("StepListResult", wire))
        }
    }

    /// Lists the steps somebody should look at: every unknown one.
    ///
    /// - Parameters:
    ///   - limit: steps on a page. Default: 100.
    ///   - all: whether running steps are listed too. Default: false.
    @discardableResult
    public func stepInflight(
        limit: Int? = nil,
        all: Bool? = nil
    ) async throws -> StepInflightResult {
        try StepInflightResult(try await call("step.inflight", mayResend: true) { writer in
            writer.wire("limit", limit)
            writer.wire("all", all)
        })
    }

    /// What `step.inflight` answers.
    public struct StepInflightResult: WireReadable {
        /// The steps with their runs.
        public var steps: [Wire.StepInFlightObject]

        init(_ reader: WireReader) throws {
            steps = try reader.must("steps")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("StepInflightResult", wire))
        }
    }
}
