// swift-format-ignore-file
// Generated from the method table by `make generate`; do not edit.
import FoundationEssentials
import SidestepProtocol

extension Wire {
    /// Runs one step: returns its recorded result, executes it, sleeps, or tells the caller to execute it.
    ///
    /// - Parameters:
    ///   - step: the name of the step.
    ///   - run: the run. Default: the one of the lease.
    ///   - lease: the lease. Default: the one that this connection was granted.
    ///   - fingerprint: what the step's input looks like.
    ///   - atMostOnce: whether it must never be repeated by itself. Default: false.
    ///   - retry: when a failed attempt is tried again. Default: one attempt.
    ///   - timeouts: how long it may take.
    ///   - metadata: anything its author wants to note.
    ///   - compensation: whether it undoes something: it may begin although the run was asked to end.
    ///   Default: false.
    ///   - limit: a limit that was put: the step begins when it has room.
    ///   - breaker: a circuit breaker: the step is refused while it is open.
    ///   - reserve: what the step sets aside of the run's budget.
    ///   - wait: how long this call waits for the end of a sleep, or for room in the limit. Default: as long
    ///   as it takes.
    ///   - client: true: the caller executes the body.
    ///   - exec: the daemon runs this program.
    ///   - http: the daemon sends this request.
    ///   - sleep: the step is a sleep of so long.
    ///   - untilAt: the step is a sleep until this date.
    @discardableResult
    public func runStep(
        step: String,
        run: String? = nil,
        lease: String? = nil,
        fingerprint: String? = nil,
        atMostOnce: Bool? = nil,
        retry: Wire.RetryObject? = nil,
        timeouts: Wire.TimeoutsObject? = nil,
        metadata: RawJSON? = nil,
        compensation: Bool? = nil,
        limit: String? = nil,
        breaker: String? = nil,
        reserve: Wire.ReserveObject? = nil,
        wait: Duration? = nil,
        client: Bool? = nil,
        exec: Wire.ExecObject? = nil,
        http: Wire.HttpObject? = nil,
        sleep: Duration? = nil,
        untilAt: Date? = nil
    ) async throws -> RunStepResult {
        try RunStepResult(try await call("run-step", mayResend: true) { writer in
            writer.wire("run", run)
            writer.wire("lease", lease)
            writer.wire("step", step)
            writer.wire("fingerprint", fingerprint)
            writer.wire("at_most_once", atMostOnce)
            writer.wire("retry", retry)
            writer.wire("timeouts", timeouts)
            writer.wire("metadata", metadata)
            writer.wire("compensation", compensation)
            writer.wire("limit", limit)
            writer.wire("breaker", breaker)
            writer.wire("reserve", reserve)
            writer.wire("wait_ms", wait)
            writer.wire("client", client)
            writer.wire("exec", exec)
            writer.wire("http", http)
            writer.wire("sleep_ms", sleep)
            writer.wire("until_at", untilAt)
        })
    }

    /// What `run-step` answers.
    public struct RunStepResult: WireReadable {
        /// Whether there is a result or the body must run.
        public var status: String
        /// The name of the step.
        public var step: String
        /// The recorded output.
        public var output: RawJSON?
        /// The attempt that gave the output, or the one to execute.
        public var attempt: Int
        /// Whether the output was recorded before the call came.
        public var replayed: Bool?
        /// The key to hand to the outside world.
        public var idempotencyKey: String?
        /// How long to wait before the body may start.
        public var delay: Duration?

        init(_ reader: WireReader) throws {
            status = try reader.must("status")
            step = try reader.must("step")
            output = try reader.may("output")
            attempt = try reader.must("attempt")
            replayed = try reader.may("replayed")
            idempotencyKey = try reader.may("idempotency_key")
            delay = try reader.may("delay_ms")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("RunStepResult", wire))
        }
    }

    /// Records that a step begins; often sent as a notification.
    ///
    /// - Parameters:
    ///   - step: the name of the step.
    ///   - run: the run. Default: the one of the lease.
    ///   - lease: the lease. Default: the one that this connection was granted.
    ///   - fingerprint: what the step's input looks like.
    ///   - atMostOnce: whether it must never be repeated by itself. Default: false.
    ///   - retry: when a failed attempt is tried again. Default: one attempt.
    ///   - timeouts: how long it may take.
    ///   - metadata: anything its author wants to note.
    ///   - compensation: whether it undoes something: it may begin although the run was asked to end.
    ///   Default: false.
    ///   - limit: a limit that was put: the step begins when it has room.
    ///   - breaker: a circuit breaker: the step is refused while it is open.
    ///   - reserve: what the step sets aside of the run's budget.
    ///   - wait: how long this call waits for the end of a sleep, or for room in the limit. Default: as long
    ///   as it takes.
    @discardableResult
    public func stepBegin(
        step: String,
        run: String? = nil,
        lease: String? = nil,
        fingerprint: String? = nil,
        atMostOnce: Bool? = nil,
        retry: Wire.RetryObject? = nil,
        timeouts: Wire.TimeoutsObject? = nil,
        metadata: RawJSON? = nil,
        compensation: Bool? = nil,
        limit: String? = nil,
        breaker: String? = nil,
        reserve: Wire.ReserveObject? = nil,
        wait: Duration? = nil
    ) async throws -> StepBeginResult {
        try StepBeginResult(try await call("step.begin", mayResend: true) { writer in
            writer.wire("run", run)
            writer.wire("lease", lease)
            writer.wire("step", step)
            writer.wire("fingerprint", fingerprint)
            writer.wire("at_most_once", atMostOnce)
            writer.wire("retry", retry)
            writer.wire("timeouts", timeouts)
            writer.wire("metadata", metadata)
            writer.wire("compensation", compensation)
            writer.wire("limit", limit)
            writer.wire("breaker", breaker)
            writer.wire("reserve", reserve)
            writer.wire("wait_ms", wait)
        })
    }

    /// What `step.begin` answers.
    public struct StepBeginResult: WireReadable {
        /// Whether there is a result or the body must run.
        public var status: String
        /// The name of the step.
        public var step: String
        /// The recorded output.
        public var output: RawJSON?
        /// The attempt that gave the output, or the one to execute.
        public var attempt: Int
        /// Whether the output was recorded before the call came.
        public var replayed: Bool?
        /// The key to hand to the outside world.
        public var idempotencyKey: String?
        /// How long to wait before the body may start.
        public var delay: Duration?

        init(_ reader: WireReader) throws {
            status = try reader.must("status")
            step = try reader.must("step")
            output = try reader.may("output")
            attempt = try reader.must("attempt")
            replayed = try reader.may("replayed")
            idempotencyKey = try reader.may("idempotency_key")
            delay = try reader.may("delay_ms")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("StepBeginResult", wire))
        }
    }

    /// Records the output of a step.
    ///
    /// - Parameters:
    ///   - step: the name of the step.
    ///   - run: the run. Default: the one of the lease.
    ///   - lease: the lease. Default: the one that this connection was granted.
    ///   - output: what it returned.
    ///   - attempt: the attempt meant. Default: the one that is running.
    ///   - fingerprint: what the step's input looked like.
    ///   - usage: what it consumed.
    ///   - metadata: anything its author wants to note.
    ///   - startedAt: when the body started.
    @discardableResult
    public func stepComplete(
        step: String,
        run: String? = nil,
        lease: String? = nil,
        output: RawJSON? = nil,
        attempt: Int? = nil,
        fingerprint: String? = nil,
        usage: RawJSON? = nil,
        metadata: RawJSON? = nil,
        startedAt: Date? = nil
    ) async throws -> StepCompleteResult {
        try StepCompleteResult(try await call("step.complete", mayResend: true) { writer in
            writer.wire("run", run)
            writer.wire("lease", lease)
            writer.wire("step", step)
            writer.wire("output", output)
            writer.wire("attempt", attempt)
            writer.wire("fingerprint", fingerprint)
            writer.wire("usage", usage)
            writer.wire("metadata", metadata)
            writer.wire("started_at", startedAt)
        })
    }

    /// What `step.complete` answers.
    public struct StepCompleteResult: WireReadable {
        /// The name of the step.
        public var step: String
        /// The attempt that was recorded.
        public var attempt: Int

        init(_ reader: WireReader) throws {
            step = try reader.must("step")
            attempt = try reader.must("attempt")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("StepCompleteResult", wire))
        }
    }

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
}
