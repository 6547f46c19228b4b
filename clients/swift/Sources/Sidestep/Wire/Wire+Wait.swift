// swift-format-ignore-file
// Generated from the method table by `make generate`; do not edit.
import FoundationEssentials
import SidestepProtocol

extension Wire {
    /// Waits for the first of several things, and records which it was: once.
    ///
    /// - Parameters:
    ///   - step: the name of the step.
    ///   - any: what is waited for, one name each; the first in the list wins when several are there.
    ///   - run: the run. Default: the one of the lease.
    ///   - lease: the lease. Default: the one that this connection was granted.
    ///   - timeout: the longest time of the wait as a whole; then its output is by time.
    ///   - untilAt: the same as a date.
    ///   - wait: how long this call waits; the wait itself goes on. Default: as long as it takes.
    @discardableResult
    public func waitFirst(
        step: String,
        any: [RawJSON],
        run: String? = nil,
        lease: String? = nil,
        timeout: Duration? = nil,
        untilAt: Date? = nil,
        wait: Duration? = nil
    ) async throws -> WaitFirstResult {
        try WaitFirstResult(try await call("wait.first", mayResend: true) { writer in
            writer.wire("run", run)
            writer.wire("lease", lease)
            writer.wire("step", step)
            writer.wire("any", any)
            writer.wire("timeout_ms", timeout)
            writer.wire("until_at", untilAt)
            writer.wire("wait_ms", wait)
        })
    }

    /// What `wait.first` answers.
    public struct WaitFirstResult: WireReadable {
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
            try self.init(WireReader("WaitFirstResult", wire))
        }
    }

    /// Ends a wait that the run does not wait for any more: what comes from now on is for the next one.
    ///
    /// - Parameters:
    ///   - step: the name of the step.
    ///   - run: the run. Default: the one of the lease.
    ///   - lease: the lease. Default: the one that this connection was granted.
    @discardableResult
    public func waitCancel(
        step: String,
        run: String? = nil,
        lease: String? = nil
    ) async throws -> WaitCancelResult {
        try WaitCancelResult(try await call("wait.cancel", mayResend: true) { writer in
            writer.wire("run", run)
            writer.wire("lease", lease)
            writer.wire("step", step)
        })
    }

    /// What `wait.cancel` answers.
    public struct WaitCancelResult: WireReadable {
        /// The step of the wait.
        public var step: String
        /// Whether there was something to give up; a signal that it had taken is given back.
        public var cancelled: Bool

        init(_ reader: WireReader) throws {
            step = try reader.must("step")
            cancelled = try reader.must("cancelled")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("WaitCancelResult", wire))
        }
    }
}
