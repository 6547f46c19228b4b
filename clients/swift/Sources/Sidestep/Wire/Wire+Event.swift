// swift-format-ignore-file
// Generated from the method table by `make generate`; do not edit.
import FoundationEssentials
import SidestepProtocol

extension Wire {
    /// Announces a fact to whoever listens, once for each `event_id`.
    ///
    /// - Parameters:
    ///   - event: its name, for example order.paid; names in `run.` are the daemon's.
    ///   - value: what there is to say.
    ///   - run: the run it belongs to.
    ///   - lease: the lease of that run: then only its owner can announce it.
    ///   - eventId: the sender's name of it: sent again, it is announced no second time.
    @discardableResult
    public func eventEmit(
        event: String,
        value: RawJSON? = nil,
        run: String? = nil,
        lease: String? = nil,
        eventId: String? = nil
    ) async throws -> EventEmitResult {
        try EventEmitResult(try await call("event.emit", mayResend: false) { writer in
            writer.wire("event", event)
            writer.wire("value", value)
            writer.wire("run", run)
            writer.wire("lease", lease)
            writer.wire("event_id", eventId)
        })
    }

    /// What `event.emit` answers.
    public struct EventEmitResult: WireReadable {
        /// Its place: events are listed after it.
        public var sequence: Int
        /// Whether it had been announced before.
        public var duplicate: Bool

        init(_ reader: WireReader) throws {
            sequence = try reader.must("sequence")
            duplicate = try reader.must("duplicate")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("EventEmitResult", wire))
        }
    }

    /// Lists events, the oldest first, and waits for one when asked to.
    ///
    /// - Parameters:
    ///   - event: only this name; with a * at its end, names that begin so.
    ///   - run: only those of this run.
    ///   - after: the sequence after which to begin. Default: 0.
    ///   - limit: events on a page. Default: 100.
    ///   - wait: the longest time to wait for one. Default: 0.
    @discardableResult
    public func eventList(
        event: String? = nil,
        run: String? = nil,
        after: Int? = nil,
        limit: Int? = nil,
        wait: Duration? = nil
    ) async throws -> EventListResult {
        try EventListResult(try await call("event.list", mayResend: true) { writer in
            writer.wire("event", event)
            writer.wire("run", run)
            writer.wire("after", after)
            writer.wire("limit", limit)
            writer.wire("wait_ms", wait)
        })
    }

    /// What `event.list` answers.
    public struct EventListResult: WireReadable {
        /// The events.
        public var events: [Wire.EventObject]
        /// The sequence to give as `after` for the next page.
        public var more: Int?

        init(_ reader: WireReader) throws {
            events = try reader.must("events")
            more = try reader.may("more")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("EventListResult", wire))
        }
    }
}
