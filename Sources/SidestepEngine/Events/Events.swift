import SidestepModel
import SidestepProtocol
import SidestepStore

/// Announces a fact to whoever listens, once for each `eventID`.
public struct EmitEvent: Command {
    public let event: String
    public var value: Payload?
    /// The run it belongs to.
    public var run: String?
    /// The lease of that run: then the event is fenced like every word of an owner.
    public var proof: LeaseProof?
    public var eventID: String?

    public init(event: String) { self.event = event }

    public struct Result: Sendable {
        public var sequence: Int64
        public var isDuplicate: Bool
    }

    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> Result {
        guard !event.hasPrefix("run."), !event.hasSuffix("*") else {
            throw Failure(
                .invalidArgument, "an event's name neither begins with `run.` nor ends in `*`",
                hint: "`run.` names are the daemon's own, `*` makes a pattern; use another name.")
        }
        let run = try proof.map { try store.heldRun($0, &call) } ?? run.map { try store.visibleRun($0, call) }
        let user = run?.userID ?? call.peer.uid
        if let eventID, let known = try store.event(user: user, id: eventID) {
            return Result(sequence: known.sequence, isDuplicate: true)
        }
        var record = EventRecord(
            sequence: 0, userID: user, name: event, value: value, run: run?.key, eventID: eventID,
            at: call.now)
        record.sequence = try store.insertEvent(record)
        try store.forgetEvents(before: call.now.advanced(byMilliseconds: -EventRecord.keptMilliseconds))
        if let run {
            try store.append(
                run: run.key, at: call.now, kind: .eventEmitted,
                detail: detail { writer in
                    writer.member("event", event)
                    writer.member("event_sequence", record.sequence)
                })
        }
        try store.deliver(record, of: run, &call)
        call.after(.changed(.events))
        return Result(sequence: record.sequence, isDuplicate: false)
    }
}

/// An event with the id of its run.
public struct EventView: Sendable {
    public var event: EventRecord
    public var run: String?
}

/// Events after a sequence, oldest first; waits for one when asked to.
public struct ListEvents: Command {
    public let event: NamePattern?
    public let run: String?
    public let after: Int64
    public let limit: Int
    public let waitMilliseconds: Int64

    public init(event: NamePattern?, run: String?, after: Int64, limit: Int, waitMilliseconds: Int64) {
        self.event = event
        self.run = run
        self.after = after
        self.limit = limit
        self.waitMilliseconds = waitMilliseconds
    }

    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> Page<EventView> {
        let page = try answer(store, call)
        if !page.items.isEmpty || call.waitExpired || waitMilliseconds == 0 { return page }
        throw Wait([.events], until: call.arrived.advanced(byMilliseconds: waitMilliseconds))
    }

    private func answer(_ store: any StoreReader, _ call: CallContext) throws -> Page<EventView> {
        var filter = EventFilter(user: call.visibleUser)
        filter.name = event
        filter.run = try run.map { try store.visibleRun($0, call).key }
        filter.after = after
        filter.limit = limit
        let page = try store.events(filter)
        return Page(
            items: try page.items.map { event in
                EventView(event: event, run: try event.run.flatMap { try store.shownID(ofRun: $0) })
            }, hasMore: page.hasMore)
    }
}
