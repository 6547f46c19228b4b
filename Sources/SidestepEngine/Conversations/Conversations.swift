import SidestepModel
import SidestepProtocol
import SidestepStore

/// Appends entries to a conversation, or replaces its end; makes it when there is none.
public struct AppendConversation: Command {
    /// What is left when the call is over.
    public struct Outcome: Sendable {
        /// False when the conversation was at another revision: nothing has changed.
        public var appended: Bool
        /// The conversation as it is now; nil when there is none, as the caller did not expect.
        public var conversation: ConversationRecord?
    }

    /// The conversation's name, of the caller's own user.
    public let conversation: String
    /// What is added, in this order; one whose id is there already is left out.
    public var entries: [ConversationEntry] = []
    /// The entries that stay, when not all of them do.
    public var keep: Int64?
    /// The revision it must be at; 0 when there must be none.
    public var expectedRevision: Int64?
    /// JSON in place of the conversation's metadata; nil keeps what is there.
    public var metadata: Payload?

    /// A call of `conversation.append`; with nothing set it makes an empty one, or only raises the revision.
    public init(conversation: String) { self.conversation = conversation }

    /// Answers with the conversation after it; `limit_exceeded` when too many entries would go and stay.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> Outcome {
        let known = try store.conversation(user: call.conversationUser, name: conversation)
        if let expectedRevision, expectedRevision != known?.revision ?? 0 {
            return Outcome(appended: false, conversation: known)
        }
        var record =
            try known
            ?? store.addConversation(user: call.conversationUser, name: conversation, at: call.now)
        if let keep, keep < record.length { record = try store.cut(record, to: keep, &call) }
        for entry in entries {
            // An entry whose id is there was sent before.
            if try store.addConversationEntry(entry, to: record.key, number: record.length) {
                record.length += 1
            }
        }
        record.metadata = metadata ?? record.metadata
        record.revision += 1
        record.updated = call.now
        try store.updateConversation(record)
        return Outcome(appended: true, conversation: record)
    }
}

/// A part of a conversation.
public struct ConversationPart: Sendable {
    /// Its revision, length and metadata, from the same snapshot as the entries.
    public var conversation: ConversationRecord
    /// The index of the first entry, from 0.
    public var from: Int64
    /// The entries in their order, with the ids of those that have one.
    public var entries: [ConversationEntry]
    /// Where to go on, if the part ended before its range did.
    public var more: Int64?
}

/// Entries of a conversation in order; nil when there is none.
public struct ReadConversation: Query {
    /// The conversation's name, of the caller's own user.
    public let conversation: String
    /// The index of the first entry, from 0.
    public var from: Int64 = 0
    /// How many entries; nil is all from there on.
    public var count: Int64?
    /// Instead: the last so many.
    public var last: Int64?
    /// About how many bytes of entries one reply has at most.
    public var maxBytes = 8 << 20

    /// A call of `conversation.read`; without a range all entries are meant.
    public init(conversation: String) { self.conversation = conversation }

    /// Answers with a part; on the wire nil is `found: false`.
    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> ConversationPart? {
        guard let record = try store.conversation(user: call.conversationUser, name: conversation) else {
            return nil
        }
        let start = min(last.map { max(0, record.length - $0) } ?? from, record.length)
        let end = min(record.length, start + (last ?? count ?? record.length))
        let entries = try store.conversationEntries(
            conversation: record.key, start..<end, maxBytes: maxBytes)
        let reached = start + Int64(entries.count)
        return ConversationPart(
            conversation: record, from: start, entries: entries, more: reached < end ? reached : nil)
    }
}

/// The entry with an id, and the conversation it is in; nil when there is none.
public struct FindConversationEntry: Query {
    /// The name of the conversation to look in; nil looks through all of the caller's user.
    public let conversation: String?
    /// The id that the entry was given when it was appended.
    public let entry: String

    /// A call of `conversation.entry`.
    public init(conversation: String?, entry: String) {
        self.conversation = conversation
        self.entry = entry
    }

    /// Answers with the entry as it came; on the wire nil is `found: false`.
    public func answer(
        _ store: any StoreReader, _ call: CallContext
    ) throws -> (conversation: String, entry: ConversationEntry)? {
        try store.conversationEntry(user: call.conversationUser, conversation: conversation, id: entry)
    }
}

/// Conversations by name.
public struct ListConversations: Query {
    /// What the names begin with; empty lists all.
    public let prefix: String
    /// The last name of the page before; empty begins at the first.
    public let after: String
    /// Conversations of one page at most.
    public let limit: Int

    /// A call of `conversation.list`.
    public init(prefix: String, after: String, limit: Int) {
        self.prefix = prefix
        self.after = after
        self.limit = limit
    }

    /// Answers with a page of the caller's own; an administrator sees no others either.
    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> Page<ConversationRecord> {
        try store.conversations(user: call.conversationUser, prefix: prefix, after: after, limit: limit)
    }
}

extension CallContext {
    /// Conversations belong to the user who writes them, and are seen by no one else.
    var conversationUser: UserID { peer.uid }
}
