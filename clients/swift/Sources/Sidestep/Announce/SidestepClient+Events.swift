import FoundationEssentials
import SidestepProtocol

/// A fact that somebody announced.
public struct Event: Sendable {
    /// Its place: go on behind it with `after`.
    public let sequence: Int
    /// What was announced, for example `order.paid`.
    public let name: String
    /// What came with it.
    public let value: RawJSON?
    /// The run that it belongs to, if it belongs to one.
    public let run: String?
    /// The sender's own name of it.
    public let id: String?
    /// When it was announced.
    public let at: Date

    init(_ json: RawJSON) {
        sequence = json["sequence"]?.int ?? 0
        name = json["event"]?.string ?? ""
        value = json["value"]
        run = json["run"]?.string
        id = json["event_id"]?.string
        at = json["at"]?.date ?? .distantPast
    }
}

extension SidestepClient {
    /// Announces a fact to whoever listens, webhooks included.
    ///
    /// - Parameters:
    ///   - id: the sender's name of it: announced once, however often it is sent.
    ///   - run: the run it belongs to.
    /// - Returns: its sequence.
    @discardableResult
    public func emit(
        _ event: String, _ value: (any Encodable & Sendable)? = nil, id: String? = nil, run: String? = nil
    ) async throws -> Int {
        let value = try value.map { try payloads.encode($0) }
        // Without an id a second copy of the call would be a second event.
        let result = try await call("event.emit", mayResend: id != nil) { writer in
            writer.member("event", event)
            writer.member("value", value)
            writer.member("event_id", id)
            writer.member("run", run)
        }
        return result["sequence"]?.int ?? 0
    }

    /// Follows events from a sequence on, those that are there and those to come, until the task is
    /// cancelled.
    ///
    /// - Parameters:
    ///   - event: a name; with a `*` at its end, all that begin so; nil means all.
    ///   - after: the last sequence that was seen; 0 begins with the oldest.
    public func events(_ event: String? = nil, run: String? = nil, after: Int = 0) -> EventFeed {
        EventFeed(client: self, event: event, run: run, after: after)
    }
}

extension Run {
    /// Announces a fact as the run's owner; one that has lost the run announces nothing.
    @discardableResult
    public func emit(
        _ event: String, _ value: (any Encodable & Sendable)? = nil, id: String? = nil
    ) async throws -> Int {
        let value = try value.map { try client.payloads.encode($0) }
        // The same step may be executed again: its own name makes it one event.
        let id = id ?? StepContext.current.map { "\(uid)/\($0.name)/\(event)" }
        let result = try await call("event.emit") { writer in
            writer.member("event", event)
            writer.member("value", value)
            writer.member("event_id", id)
        }
        return result["sequence"]?.int ?? 0
    }
}

/// Events as they are announced; it never ends by itself.
public struct EventFeed: AsyncSequence, Sendable {
    let client: SidestepClient
    let event: String?
    let run: String?
    let after: Int

    /// Begins to read, behind the sequence that the feed was made with.
    public func makeAsyncIterator() -> Iterator { Iterator(feed: self, after: after) }

    /// One walk over the events.
    public struct Iterator: AsyncIteratorProtocol {
        let feed: EventFeed
        var after: Int
        private var events: ArraySlice<Event> = []

        init(feed: EventFeed, after: Int) {
            self.feed = feed
            self.after = after
        }

        /// Waits for the next event; nil when the task is cancelled.
        public mutating func next() async throws -> Event? {
            while events.isEmpty {
                let after = after
                let page = try await feed.client.call("event.list") { [feed] writer in
                    writer.member("event", feed.event)
                    writer.member("run", feed.run)
                    writer.member("after", after)
                    writer.member("wait_ms", 30_000)
                }
                events = (page["events"]?.elements ?? []).map(Event.init)[...]
            }
            let event = events.removeFirst()
            after = event.sequence
            return event
        }
    }
}
