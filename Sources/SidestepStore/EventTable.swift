import SidestepModel

/// Which events a list shows; nil does not restrict.
public struct EventFilter: Sendable {
    /// The uid whose events these are; nil for an administrator, who sees all.
    public var user: UserID?
    /// Only events of this name, or whose name begins so.
    public var name: NamePattern?
    /// The key of the run whose events are shown.
    public var run: Int64?
    /// Only events behind this sequence; 0 is all.
    public var after: Int64 = 0
    /// How many a page has at most.
    public var limit = 100

    /// All events of that user, or of everybody.
    public init(user: UserID?) { self.user = user }
}

/// Looks at announced events, the table `event`.
public protocol EventReading: AnyObject {
    /// The event that a user sent under this id.
    func event(user: UserID, id: String) throws(Failure) -> EventRecord?
    /// Oldest first.
    func events(_ filter: EventFilter) throws(Failure) -> Page<EventRecord>
}

/// Announces events; those of a run are deleted with it, the others by their age.
public protocol EventWriting: EventReading {
    /// Adds an event under the next sequence; returns that.
    func insertEvent(_ event: EventRecord) throws(Failure) -> Int64
    /// Removes some of the events without a run that were announced before `moment`.
    func forgetEvents(before moment: Instant) throws(Failure)
}
