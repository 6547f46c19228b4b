import SidestepModel
import SidestepProtocol
import SidestepStore

/// Appends entries to a conversation, or replaces its end; makes it when there is none.
public struct AppendConversation: Command {
    /// What is left when the call is over.
    public struct Outcome: Sendable {
        /// False when the conversation was at another revision: nothing has changed.
        public var appended: Bool
        public var conversation: ConversationRecord?
    }

    public let conversation: String
    public var entries: [ConversationEntry] = []
    /// The entries that stay, when not all of them do.
    public var keep: Int64?
    /// The revision it must be at; 0 when there must be none.
    public var expectedRevision: Int64?
    public var metadata: Payload?

    public init(conversation: String) { self.conversation = conversation }

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
    public var conversation: ConversationRecord
    public var from: Int64
    public var entries: [ConversationEntry]
    /// Where to go on, if the part ended before its range did.
    public var more: Int64?
}

/// Entries of a conversation in order; nil when there is none.
public struct ReadConversation: Query {
    public let conversation: String
    public var from: Int64 = 0
    public var count: Int64?
    /// Instead: the last so many.
    public var last: Int64?
    public var maxBytes = 8 << 20

    public init(conversation: String) { self.conversation = conversation }

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
    public let conversation: String?
    public let entry: String

    public init(conversation: String?, entry: String) {
        self.conversation = conversation
        self.entry = entry
    }

    public func answer(
        _ store: any StoreReader, _ call: CallContext
    ) throws -> (conversation: String, entry: ConversationEntry)? {
        try store.conversationEntry(user: call.conversationUser, conversation: conversation, id: entry)
    }
}

/// Conversations by name.
public struct ListConversations: Query {
    public let prefix: String
    public let after: String
    public let limit: Int

    public init(prefix: String, after: String, limit: Int) {
        self.prefix = prefix
        self.after = after
        self.limit = limit
    }

    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> Page<ConversationRecord> {
        try store.conversations(user: call.conversationUser, prefix: prefix, after: after, limit: limit)
    }
}

extension CallContext {
    /// Conversations belong to the user who writes them, and are seen by no one else.
    var conversationUser: Int64 { Int64(peer.uid) }
}
