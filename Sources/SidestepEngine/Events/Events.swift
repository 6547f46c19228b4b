import SidestepModel
import SidestepProtocol
import SidestepStore

/// Announces a fact to whoever listens, once for each `eventID`.
public struct EmitEvent: Command {
    /// The event's name; those that begin with `run.` are the daemon's own.
    public let event: String
    /// JSON for who listens, as it came.
    public var value: Payload?
    /// The run it belongs to.
    public var run: String?
    /// The lease of that run: then the event is fenced like every word of an owner.
    public var proof: LeaseProof?
    /// The sender's own name of the event: sent again by the user, it announces nothing. Nil announces each call.
    public var eventID: String?

    /// A call of `event.emit`; without a run it belongs to the caller and is kept for 30 days.
    public init(event: String) { self.event = event }

    /// The place of the event, and whether it is a new one.
    public struct Result: Sendable {
        /// Its place in the journal's numbers; that of the first when it was sent before.
        public var sequence: Int64
        /// Whether an event of this id had been announced before.
        public var isDuplicate: Bool
    }

    /// Writes the event and its deliveries in one transaction; `invalid_argument` for a name of the daemon's.
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
    /// The record; an event belongs to the run's user, or to the caller where it has no run.
    public var event: EventRecord
    /// The id of its run; nil for none, or one that is removed.
    public var run: String?
}

/// Events after a sequence, oldest first; waits for one when asked to.
public struct ListEvents: Command {
    /// A name, or the beginning of names; nil lists all.
    public let event: NamePattern?
    /// The id of a run that the caller may see; nil lists those without a run, too.
    public let run: String?
    /// The last sequence that the caller has seen.
    public let after: Int64
    /// Events of one page at most.
    public let limit: Int
    /// How long to wait for one where there is none; 0 answers at once.
    public let waitMilliseconds: Int64

    /// A call of `event.list`: a command, since it may wait behind what was written before it.
    public init(event: NamePattern?, run: String?, after: Int64, limit: Int, waitMilliseconds: Int64) {
        self.event = event
        self.run = run
        self.after = after
        self.limit = limit
        self.waitMilliseconds = waitMilliseconds
    }

    /// Answers with a page; an empty one when none came in time.
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
