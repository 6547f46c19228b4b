/// A saved view: a filter of runs under a name of its user.
public struct ViewRecord: Sendable, Equatable {
    /// Views that one user may have: `views`. Past it a new one is `limit_exceeded`.
    public static let limit = 100
    /// Bytes of a filter without white space: `view_bytes`. Past it `payload_too_large`.
    public static let maxBytes = 16384

    /// Whose it is; nobody else sees it.
    public var userID: UserID
    /// Unique for the user.
    public var name: String
    /// Members of `run.list`, as JSON that was checked.
    public var filter: Payload
    /// When it was saved first.
    public var created: Instant
    /// When its filter was last changed.
    public var updated: Instant

    /// A view that is just saved.
    public init(userID: UserID, name: String, filter: Payload, now: Instant) {
        self.userID = userID
        self.name = name
        self.filter = filter
        created = now
        updated = now
    }
}
