import SidestepModel

/// Which events a list shows; nil does not restrict.
public struct EventFilter: Sendable {
    /// The uid whose events these are; nil for an administrator, who sees all.
    public var user: UInt32?
    public var name: NamePattern?
    public var run: Int64?
    public var after: Int64 = 0
    public var limit = 100

    public init(user: UInt32?) { self.user = user }
}

public protocol EventReading: AnyObject {
    /// The event that a user sent under this id.
    func event(user: UInt32, id: String) throws(Failure) -> EventRecord?
    /// Oldest first.
    func events(_ filter: EventFilter) throws(Failure) -> Page<EventRecord>
}

public protocol EventWriting: EventReading {
    /// Adds an event under the next sequence; returns that.
    func insertEvent(_ event: EventRecord) throws(Failure) -> Int64
    /// Removes some of the events without a run that were announced before `moment`.
    func forgetEvents(before moment: Instant) throws(Failure)
}
