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
        /// The attempt's own span, for what its body calls; none when nobody is told of traces.
        public var traceparent: String?

        init(_ reader: WireReader) throws {
            status = try reader.must("status")
            step = try reader.must("step")
            output = try reader.may("output")
            attempt = try reader.must("attempt")
            replayed = try reader.may("replayed")
            idempotencyKey = try reader.may("idempotency_key")
            delay = try reader.may("delay_ms")
            traceparent = try reader.may("traceparent")
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
        /// The attempt's own span, for what its body calls; none when nobody is told of traces.
        public var traceparent: String?

        init(_ reader: WireReader) throws {
            status = try reader.must("status")
            step = try reader.must("step")
            output = try reader.may("output")
            attempt = try reader.must("attempt")
            replayed = try reader.may("replayed")
            idempotencyKey = try reader.may("idempotency_key")
            delay = try reader.may("delay_ms")
            traceparent = try reader.may("traceparent")
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
}
