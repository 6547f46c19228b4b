/// A log of messages outside of runs, which several processes may write.
public struct ConversationRecord: Sendable {
    public var key: Int64
    public var name: String
    /// Grows with every change.
    public var revision: Int64
    /// How many entries it has.
    public var length: Int64
    public var metadata: Payload?
    public var created: Instant
    public var updated: Instant

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
    public var value: Payload

    public init(id: String?, value: Payload) {
        self.id = id
        self.value = value
    }
}
