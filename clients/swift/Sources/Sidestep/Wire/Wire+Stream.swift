// swift-format-ignore-file
// Generated from the method table by `make generate`; do not edit.
import FoundationEssentials
import SidestepProtocol

extension Wire {
    /// Adds items to a stream, opening it if need be.
    ///
    /// - Parameters:
    ///   - stream: the name of the stream.
    ///   - items: the items.
    ///   - run: the run. Default: the one of the lease.
    ///   - lease: the lease. Default: the one that this connection was granted.
    ///   - from: the index of the first item: sent again, the call adds nothing twice. Default: the end.
    @discardableResult
    public func streamAppend(
        stream: String,
        items: [RawJSON],
        run: String? = nil,
        lease: String? = nil,
        from: Int? = nil
    ) async throws -> StreamAppendResult {
        try StreamAppendResult(try await call("stream.append", mayResend: true) { writer in
            writer.wire("run", run)
            writer.wire("lease", lease)
            writer.wire("stream", stream)
            writer.wire("items", items)
            writer.wire("from", from)
        })
    }

    /// What `stream.append` answers.
    public struct StreamAppendResult: WireReadable {
        /// The name of the stream.
        public var stream: String
        /// The index of the item to come.
        public var next: Int

        init(_ reader: WireReader) throws {
            stream = try reader.must("stream")
            next = try reader.must("next")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("StreamAppendResult", wire))
        }
    }

    /// Returns items of a stream from an index on, and waits for some when asked to.
    ///
    /// - Parameters:
    ///   - run: the id of the run.
    ///   - stream: the name of the stream.
    ///   - from: the index to begin at. Default: 0.
    ///   - limit: items in the reply. Default: 1000.
    ///   - maxBytes: about how large the items may be together.
    ///   - wait: the longest time to wait for an item. Default: 0.
    @discardableResult
    public func streamRead(
        run: String,
        stream: String,
        from: Int? = nil,
        limit: Int? = nil,
        maxBytes: Int? = nil,
        wait: Duration? = nil
    ) async throws -> StreamReadResult {
        try StreamReadResult(try await call("stream.read", mayResend: true) { writer in
            writer.wire("run", run)
            writer.wire("stream", stream)
            writer.wire("from", from)
            writer.wire("limit", limit)
            writer.wire("max_bytes", maxBytes)
            writer.wire("wait_ms", wait)
        })
    }

    /// What `stream.read` answers.
    public struct StreamReadResult: WireReadable {
        /// The items.
        public var items: [RawJSON]
        /// The index of the first one.
        public var from: Int
        /// The index to go on from.
        public var next: Int
        /// Whether nothing follows: the stream, or its run, is closed.
        public var closed: Bool
        /// What a closed stream came to.
        public var final: RawJSON?

        init(_ reader: WireReader) throws {
            items = try reader.must("items")
            from = try reader.must("from")
            next = try reader.must("next")
            closed = try reader.must("closed")
            final = try reader.may("final")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("StreamReadResult", wire))
        }
    }

    /// Ends a stream; nothing follows.
    ///
    /// - Parameters:
    ///   - stream: the name of the stream.
    ///   - run: the run. Default: the one of the lease.
    ///   - lease: the lease. Default: the one that this connection was granted.
    ///   - final: what the stream came to.
    ///   - compact: whether the items are dropped in favour of `final`. Default: false.
    @discardableResult
    public func streamClose(
        stream: String,
        run: String? = nil,
        lease: String? = nil,
        final: RawJSON? = nil,
        compact: Bool? = nil
    ) async throws -> StreamCloseResult {
        try StreamCloseResult(try await call("stream.close", mayResend: true) { writer in
            writer.wire("run", run)
            writer.wire("lease", lease)
            writer.wire("stream", stream)
            writer.wire("final", final)
            writer.wire("compact", compact)
        })
    }

    /// What `stream.close` answers.
    public struct StreamCloseResult: WireReadable {
        /// The name of the stream.
        public var stream: String
        /// The number of items there were.
        public var next: Int

        init(_ reader: WireReader) throws {
            stream = try reader.must("stream")
            next = try reader.must("next")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("StreamCloseResult", wire))
        }
    }

    /// Lists the streams of a run.
    ///
    /// - Parameters:
    ///   - run: the id of the run.
    @discardableResult
    public func streamList(
        run: String
    ) async throws -> StreamListResult {
        try StreamListResult(try await call("stream.list", mayResend: true) { writer in
            writer.wire("run", run)
        })
    }

    /// What `stream.list` answers.
    public struct StreamListResult: WireReadable {
        /// The streams, in the order in which they were opened.
        public var streams: [Wire.StreamObject]

        init(_ reader: WireReader) throws {
            streams = try reader.must("streams")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("StreamListResult", wire))
        }
    }
}
