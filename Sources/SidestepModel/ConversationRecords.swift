/// A log of messages outside of runs, which several processes may write.
public struct ConversationRecord: Sendable {
    /// The store's own number; never shown.
    public var key: Int64
    /// Unique together with the user.
    public var name: String
    /// Grows with every change.
    public var revision: Int64
    /// How many entries it has.
    public var length: Int64
    /// The user's own JSON, as the last append that had some left it.
    public var metadata: Payload?
    /// When its first entries came, or it was forked.
    public var created: Instant
    /// When its revision grew last.
    public var updated: Instant

    /// An empty one at revision 0, as it is when it was just added.
    public init(key: Int64, name: String, created: Instant) {
        self.key = key
        self.name = name
        revision = 0
        length = 0
        self.created = created
        updated = created
    }
}

/// An entry of a conversation.
public struct ConversationEntry: Sendable {
    /// Its id, when it was given one: unique in the conversation.
    public var id: String?
    /// A message as it came; it comes back byte for byte.
    public var value: Payload

    /// An entry; with an id it is not added a second time.
    public init(id: String?, value: Payload) {
        self.id = id
        self.value = value
    }
}
