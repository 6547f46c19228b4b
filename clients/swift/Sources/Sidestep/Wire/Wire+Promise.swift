// swift-format-ignore-file
// Generated from the method table by `make generate`; do not edit.
import FoundationEssentials
import SidestepProtocol

extension Wire {
    /// Makes a promise, so that others see what the run is waiting for; one that is there stays as it is.
    ///
    /// - Parameters:
    ///   - promise: the name of the promise.
    ///   - run: the run. Default: the one of the lease.
    ///   - lease: the lease. Default: the one that this connection was granted.
    ///   - metadata: what a person needs to know to settle it.
    @discardableResult
    public func promiseCreate(
        promise: String,
        run: String? = nil,
        lease: String? = nil,
        metadata: RawJSON? = nil
    ) async throws -> PromiseCreateResult {
        try PromiseCreateResult(try await call("promise.create", mayResend: true) { writer in
            writer.wire("run", run)
            writer.wire("lease", lease)
            writer.wire("promise", promise)
            writer.wire("metadata", metadata)
        })
    }

    /// What `promise.create` answers.
    public struct PromiseCreateResult: WireReadable {
        /// The name of the promise.
        public var promise: String
        /// Whether it is settled, and how.
        public var status: String
        /// What it was resolved with.
        public var value: RawJSON?
        /// What it was rejected with.
        public var error: RawJSON?
        /// What its author noted.
        public var metadata: RawJSON?
        /// When it was made.
        public var createdAt: Date
        /// When it was settled.
        public var settledAt: Date?
        /// The user who settled it.
        public var settledBy: Int?

        init(_ reader: WireReader) throws {
            promise = try reader.must("promise")
            status = try reader.must("status")
            value = try reader.may("value")
            error = try reader.may("error")
            metadata = try reader.may("metadata")
            createdAt = try reader.must("created_at")
            settledAt = try reader.may("settled_at")
            settledBy = try reader.may("settled_by")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("PromiseCreateResult", wire))
        }
    }

    /// Settles a promise with a value. The first one wins; later ones learn what it was settled with.
    ///
    /// - Parameters:
    ///   - run: the id of the run.
    ///   - promise: the name of the promise.
    ///   - value: the value.
    @discardableResult
    public func promiseResolve(
        run: String,
        promise: String,
        value: RawJSON? = nil
    ) async throws -> PromiseResolveResult {
        try PromiseResolveResult(try await call("promise.resolve", mayResend: false) { writer in
            writer.wire("run", run)
            writer.wire("promise", promise)
            writer.wire("value", value)
        })
    }

    /// What `promise.resolve` answers.
    public struct PromiseResolveResult: WireReadable {
        /// The run.
        public var run: String
        /// The name of the promise.
        public var promise: String
        /// Whether it is settled, and how.
        public var status: String
        /// What it was resolved with.
        public var value: RawJSON?
        /// What it was rejected with.
        public var error: RawJSON?
        /// What its author noted.
        public var metadata: RawJSON?
        /// When it was made.
        public var createdAt: Date
        /// When it was settled.
        public var settledAt: Date?
        /// The user who settled it.
        public var settledBy: Int?
        /// Whether this call settled it.
        public var settled: Bool

        init(_ reader: WireReader) throws {
            run = try reader.must("run")
            promise = try reader.must("promise")
            status = try reader.must("status")
            value = try reader.may("value")
            error = try reader.may("error")
            metadata = try reader.may("metadata")
            createdAt = try reader.must("created_at")
            settledAt = try reader.may("settled_at")
            settledBy = try reader.may("settled_by")
            settled = try reader.must("settled")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("PromiseResolveResult", wire))
        }
    }

    /// Settles a promise with an error. The first one wins; later ones learn what it was settled with.
    ///
    /// - Parameters:
    ///   - run: the id of the run.
    ///   - promise: the name of the promise.
    ///   - error: the error.
    @discardableResult
    public func promiseReject(
        run: String,
        promise: String,
        error: RawJSON? = nil
    ) async throws -> PromiseRejectResult {
        try PromiseRejectResult(try await call("promise.reject", mayResend: false) { writer in
            writer.wire("run", run)
            writer.wire("promise", promise)
            writer.wire("error", error)
        })
    }

    /// What `promise.reject` answers.
    public struct PromiseRejectResult: WireReadable {
        /// The run.
        public var run: String
        /// The name of the promise.
        public var promise: String
        /// Whether it is settled, and how.
        public var status: String
        /// What it was resolved with.
        public var value: RawJSON?
        /// What it was rejected with.
        public var error: RawJSON?
        /// What its author noted.
        public var metadata: RawJSON?
        /// When it was made.
        public var createdAt: Date
        /// When it was settled.
        public var settledAt: Date?
        /// The user who settled it.
        public var settledBy: Int?
        /// Whether this call settled it.
        public var settled: Bool

        init(_ reader: WireReader) throws {
            run = try reader.must("run")
            promise = try reader.must("promise")
            status = try reader.must("status")
            value = try reader.may("value")
            error = try reader.may("error")
            metadata = try reader.may("metadata")
            createdAt = try reader.must("created_at")
            settledAt = try reader.may("settled_at")
            settledBy = try reader.may("settled_by")
            settled = try reader.must("settled")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("PromiseRejectResult", wire))
        }
    }

    /// Waits until a promise is settled, and records how: once.
    ///
    /// - Parameters:
    ///   - promise: the name of the promise.
    ///   - run: the run. Default: the one of the lease.
    ///   - lease: the lease. Default: the one that this connection was granted.
    ///   - step: the name of the step. Default: promise:NAME.
    ///   - timeout: the longest time of the wait as a whole; then its output is by time.
    ///   - untilAt: the same as a date.
    ///   - wait: how long this call waits; the wait itself goes on. Default: as long as it takes.
    @discardableResult
    public func promiseWait(
        promise: String,
        run: String? = nil,
        lease: String? = nil,
        step: String? = nil,
        timeout: Duration? = nil,
        untilAt: Date? = nil,
        wait: Duration? = nil
    ) async throws -> PromiseWaitResult {
        try PromiseWaitResult(try await call("promise.wait", mayResend: true) { writer in
            writer.wire("run", run)
            writer.wire("lease", lease)
            writer.wire("promise", promise)
            writer.wire("step", step)
            writer.wire("timeout_ms", timeout)
            writer.wire("until_at", untilAt)
            writer.wire("wait_ms", wait)
        })
    }

    /// What `promise.wait` answers.
    public struct PromiseWaitResult: WireReadable {
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
            try self.init(WireReader("PromiseWaitResult", wire))
        }
    }

    /// Lists the promises of a run.
    ///
    /// - Parameters:
    ///   - run: the id of the run.
    ///   - status: only promises that are so.
    @discardableResult
    public func promiseList(
        run: String,
        status: String? = nil
    ) async throws -> PromiseListResult {
        try PromiseListResult(try await call("promise.list", mayResend: true) { writer in
            writer.wire("run", run)
            writer.wire("status", status)
        })
    }

    /// What `promise.list` answers.
    public struct PromiseListResult: WireReadable {
        /// The promises, oldest first.
        public var promises: [Wire.PromiseObject]

        init(_ reader: WireReader) throws {
            promises = try reader.must("promises")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("PromiseListResult", wire))
        }
    }
}
