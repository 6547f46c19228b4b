import SidestepModel

/// Looks at logs of messages outside of runs: the tables `conversation` and `conversation_entry`.
public protocol ConversationReading: AnyObject {
    /// The conversation of this name of the user; nil when there is none, or it is hidden.
    func conversation(user: UserID, name: String) throws(Failure) -> ConversationRecord?
    /// By name, those that begin with `prefix`, behind `after`.
    func conversations(
        user: UserID, prefix: String, after: String, limit: Int
    ) throws(Failure) -> Page<ConversationRecord>
    /// Entries `range` in order, until about `maxBytes`; always at least one if the range has any.
    func conversationEntries(
        conversation: Int64, _ range: Range<Int64>, maxBytes: Int
    ) throws(Failure) -> [ConversationEntry]
    /// The entry with this id, with the name of its conversation: of the one named, or the oldest one that has it.
    func conversationEntry(
        user: UserID, conversation: String?, id: String
    ) throws(Failure) -> (conversation: String, entry: ConversationEntry)?
}

/// Writes conversations; who may, and at which revision, the engine has looked.
public protocol ConversationWriting: ConversationReading {
    /// Adds an empty one at revision 0; the name must be free.
    func addConversation(user: UserID, name: String, at: Instant) throws(Failure) -> ConversationRecord
    /// Writes revision, length, metadata and time.
    func updateConversation(_ conversation: ConversationRecord) throws(Failure)
    /// Adds an entry; answers false when one of its id is there already.
    func addConversationEntry(
        _ entry: ConversationEntry, to conversation: Int64, number: Int64
    ) throws(Failure) -> Bool
    /// Forgets the entries from this number on.
    func cutConversation(_ conversation: Int64, from number: Int64) throws(Failure)
    /// Takes a conversation out of everybody's sight; its rows are deleted as a chore.
    func hideConversation(_ conversation: Int64) throws(Failure)
    /// Gives a hidden conversation its user and name.
    func showConversation(_ conversation: Int64, user: UserID, name: String) throws(Failure)
}
