// swift-format-ignore-file
// Generated from the method table by `make generate`; do not edit.
import FoundationEssentials
import SidestepProtocol

extension Wire {
    /// Sends a named message to a run; it is kept until the run waits for it.
    ///
    /// - Parameters:
    ///   - run: the id of the run.
    ///   - signal: the name of the signal.
    ///   - value: what it says.
    ///   - messageId: recognises a message that is sent again. Default: a new one.
    ///   - create: whether it waits for a run that is not made yet, 30 days at most. Default: false.
    @discardableResult
    public func signalSend(
        run: String,
        signal: String,
        value: RawJSON? = nil,
        messageId: String? = nil,
        create: Bool? = nil
    ) async throws -> SignalSendResult {
        try SignalSendResult(try await call("signal.send", mayResend: false) { writer in
            writer.wire("run", run)
            writer.wire("signal", signal)
            writer.wire("value", value)
            writer.wire("message_id", messageId)
            writer.wire("create", create)
        })
    }

    /// What `signal.send` answers.
    public struct SignalSendResult: WireReadable {
        /// The run.
        public var run: String
        /// The name of the signal.
        public var signal: String
        /// The id of the message.
        public var messageId: String
        /// Whether a message of this id had come before.
        public var duplicate: Bool

        init(_ reader: WireReader) throws {
            run = try reader.must("run")
            signal = try reader.must("signal")
            messageId = try reader.must("message_id")
            duplicate = try reader.must("duplicate")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("SignalSendResult", wire))
        }
    }

    /// Waits for a signal, and records which one came: once.
    ///
    /// - Parameters:
    ///   - signal: the name of the signal.
    ///   - run: the run. Default: the one of the lease.
    ///   - lease: the lease. Default: the one that this connection was granted.
    ///   - step: the name of the step. Default: signal:NAME.
    ///   - timeout: the longest time of the wait as a whole; then its output is by time.
    ///   - untilAt: the same as a date.
    ///   - wait: how long this call waits; the wait itself goes on. Default: as long as it takes.
    @discardableResult
    public func signalWait(
        signal: String,
        run: String? = nil,
        lease: String? = nil,
        step: String? = nil,
        timeout: Duration? = nil,
        untilAt: Date? = nil,
        wait: Duration? = nil
    ) async throws -> SignalWaitResult {
        try SignalWaitResult(try await call("signal.wait", mayResend: true) { writer in
            writer.wire("run", run)
            writer.wire("lease", lease)
            writer.wire("signal", signal)
            writer.wire("step", step)
            writer.wire("timeout_ms", timeout)
            writer.wire("until_at", untilAt)
            writer.wire("wait_ms", wait)
        })
    }

    /// What `signal.wait` answers.
    public struct SignalWaitResult: WireReadable {
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
            try self.init(WireReader("SignalWaitResult", wire))
        }
    }

    /// Lists the signals of a run that nobody has waited for.
    ///
    /// - Parameters:
    ///   - run: the id of the run.
    ///   - signal: only signals of this name.
    ///   - all: whether consumed ones are listed too. Default: false.
    ///   - limit: signals on a page. Default: 100.
    ///   - cursor: `more` of the page before.
    @discardableResult
    public func signalList(
        run: String,
        signal: String? = nil,
        all: Bool? = nil,
        limit: Int? = nil,
        cursor: String? = nil
    ) async throws -> SignalListResult {
        try SignalListResult(try await call("signal.list", mayResend: true) { writer in
            writer.wire("run", run)
            writer.wire("signal", signal)
            writer.wire("all", all)
            writer.wire("limit", limit)
            writer.wire("cursor", cursor)
        })
    }

    /// What `signal.list` answers.
    public struct SignalListResult: WireReadable {
        /// The signals, oldest first.
        public var signals: [Wire.SignalObject]
        /// The cursor of the next page.
        public var more: String?

        init(_ reader: WireReader) throws {
            signals = try reader.must("signals")
            more = try reader.may("more")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("SignalListResult", wire))
        }
    }
}
