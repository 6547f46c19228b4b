import SidestepModel
import SidestepStore

struct ConversationStatements {
    let byName, list, entries, entryByID, add, update, addEntry, cut, hide, show: Statement

    init(_ connection: Connection, _ library: StatementLibrary) throws(Failure) {
        func block(_ name: String) throws(Failure) -> Statement { try library.prepare(name, on: connection) }
        byName = try block("conversation_by_name")
        list = try block("conversation_list")
        entries = try block("conversation_entries")
        entryByID = try block("conversation_entry_by_id")
        add = try block("conversation_add")
        update = try block("conversation_update")
        addEntry = try block("conversation_entry_add")
        cut = try block("conversation_cut")
        hide = try block("conversation_hide")
        show = try block("conversation_show")
    }
}

extension SQLiteSession {
    func conversation(user: UserID, name: String) throws(Failure) -> ConversationRecord? {
        try conversations.byName.first(user, name) { ConversationRecord(&$0) }
    }

    func conversations(
        user: UserID, prefix: String, after: String, limit: Int
    ) throws(Failure) -> Page<ConversationRecord> {
        try conversations.list.page(
            user, after, prefix, Int64(limit) + 1, limit: limit
        ) { ConversationRecord(&$0) }
    }

    func conversationEntries(
        conversation: Int64, _ range: Range<Int64>, maxBytes: Int
    ) throws(Failure) -> [ConversationEntry] {
        var found: [ConversationEntry] = []
        var bytes = 0
        try conversations.entries.each(
            conversation, range.lowerBound, range.upperBound
        ) { row in
            let entry = ConversationEntry(id: row.optionalString(), value: row.payload())
            found.append(entry)
            bytes += entry.value.count
            return bytes < maxBytes
        }
        return found
    }

    func conversationEntry(
        user: UserID, conversation: String?, id: String
    ) throws(Failure) -> (conversation: String, entry: ConversationEntry)? {
        try conversations.entryByID.first(user, id, conversation) {
            ($0.string(), ConversationEntry(id: $0.optionalString(), value: $0.payload()))
        }
    }

    func addConversation(user: UserID, name: String, at: Instant) throws(Failure) -> ConversationRecord {
        let added = try conversations.add.first(user, name, at) {
            ConversationRecord(&$0)
        }
        guard let added else { preconditionFailure("RETURNING answers with the row") }
        return added
    }

    func updateConversation(_ conversation: ConversationRecord) throws(Failure) {
        try conversations.update.run(
            conversation.key, conversation.revision, conversation.length,
            conversation.metadata, conversation.updated)
    }

    func addConversationEntry(
        _ entry: ConversationEntry, to conversation: Int64, number: Int64
    ) throws(Failure) -> Bool {
        try conversations.addEntry.run(
            conversation, number, entry.id, entry.value) == 1
    }

    func cutConversation(_ conversation: Int64, from number: Int64) throws(Failure) {
        try conversations.cut.run(conversation, number)
    }

    func hideConversation(_ conversation: Int64) throws(Failure) {
        try conversations.hide.run(conversation)
    }

    func showConversation(_ conversation: Int64, user: UserID, name: String) throws(Failure) {
        try conversations.show.run(conversation, user, name)
    }
}

extension ConversationRecord {
    /// Reads the columns of `{conversation}` in their order.
    fileprivate init(_ row: inout Row) {
        self.init(key: row.integer(), name: row.string(), created: Instant(milliseconds: 0))
        revision = row.integer()
        length = row.integer()
        metadata = row.optionalPayload()
        created = row.instant()
        updated = row.instant()
    }
}
