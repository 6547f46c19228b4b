// swift-format-ignore-file
// Generated from the method table by `make generate`; do not edit.
import FoundationEssentials
import SidestepProtocol

extension Wire {
    /// Says what limits a queue; what is left out has no limit.
    ///
    /// - Parameters:
    ///   - queue: the name of the queue.
    ///   - concurrency: runs at once.
    ///   - keyConcurrency: runs of one `concurrency_key` at once.
    ///   - rate: how many runs may begin in a span of time.
    @discardableResult
    public func queuePut(
        queue: String,
        concurrency: Int? = nil,
        keyConcurrency: Int? = nil,
        rate: Wire.RateObject? = nil
    ) async throws -> QueuePutResult {
        try QueuePutResult(try await call("queue.put", mayResend: false) { writer in
            writer.wire("queue", queue)
            writer.wire("concurrency", concurrency)
            writer.wire("key_concurrency", keyConcurrency)
            writer.wire("rate", rate)
        })
    }

    /// What `queue.put` answers.
    public struct QueuePutResult: WireReadable {
        /// The queue as it is now.
        public var queue: Wire.QueueObject

        init(_ reader: WireReader) throws {
            queue = try reader.must("queue")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("QueuePutResult", wire))
        }
    }

    /// Returns a queue with how many runs wait and run.
    ///
    /// - Parameters:
    ///   - queue: the name of the queue.
    @discardableResult
    public func queueGet(
        queue: String
    ) async throws -> QueueGetResult {
        try QueueGetResult(try await call("queue.get", mayResend: true) { writer in
            writer.wire("queue", queue)
        })
    }

    /// What `queue.get` answers.
    public struct QueueGetResult: WireReadable {
        /// The queue as it is now.
        public var queue: Wire.QueueObject

        init(_ reader: WireReader) throws {
            queue = try reader.must("queue")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("QueueGetResult", wire))
        }
    }

    /// Lists the queues that were put or have runs.
    @discardableResult
    public func queueList(
    ) async throws -> QueueListResult {
        try QueueListResult(try await call("queue.list", mayResend: true) { writer in
            _ = writer
        })
    }

    /// What `queue.list` answers.
    public struct QueueListResult: WireReadable {
        /// The queues.
        public var queues: [Wire.QueueObject]

        init(_ reader: WireReader) throws {
            queues = try reader.must("queues")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("QueueListResult", wire))
        }
    }

    /// Stops handing out the runs of a queue, or goes on with it.
    ///
    /// - Parameters:
    ///   - queue: the name of the queue.
    ///   - paused: false goes on. Default: true.
    @discardableResult
    public func queuePause(
        queue: String,
        paused: Bool? = nil
    ) async throws -> QueuePauseResult {
        try QueuePauseResult(try await call("queue.pause", mayResend: false) { writer in
            writer.wire("queue", queue)
            writer.wire("paused", paused)
        })
    }

    /// What `queue.pause` answers.
    public struct QueuePauseResult: WireReadable {
        /// The queue as it is now.
        public var queue: Wire.QueueObject

        init(_ reader: WireReader) throws {
            queue = try reader.must("queue")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("QueuePauseResult", wire))
        }
    }
}
