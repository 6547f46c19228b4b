// swift-format-ignore-file
// Generated from the method table by `make generate`; do not edit.
import FoundationEssentials
import SidestepProtocol

extension Wire {
    /// Appends entries to a conversation, or replaces its end; makes it when there is none.
    ///
    /// - Parameters:
    ///   - conversation: the name of the conversation.
    ///   - entries: what is added, in order.
    ///   - ids: an id for each entry; one that is there already is not added again.
    ///   - keep: how many entries stay. Default: all.
    ///   - expectedRevision: the revision it must be at; 0: there must be none.
    ///   - metadata: replaces what is kept beside the entries.
    @discardableResult
    public func conversationAppend(
        conversation: String,
        entries: [RawJSON]? = nil,
        ids: [String]? = nil,
        keep: Int? = nil,
        expectedRevision: Int? = nil,
        metadata: RawJSON? = nil
    ) async throws -> ConversationAppendResult {
        try ConversationAppendResult(try await call("conversation.append", mayResend: false) { writer in
            writer.wire("conversation", conversation)
            writer.wire("entries", entries)
            writer.wire("ids", ids)
            writer.wire("keep", keep)
            writer.wire("expected_revision", expectedRevision)
            writer.wire("metadata", metadata)
        })
    }

    /// What `conversation.append` answers.
    public struct ConversationAppendResult: WireReadable {
        /// False when it was at another revision: nothing has changed.
        public var appended: Bool
        /// Where it is now; 0 when there is none.
        public var revision: Int
        /// How many entries it has.
        public var length: Int

        init(_ reader: WireReader) throws {
            appended = try reader.must("appended")
            revision = try reader.must("revision")
            length = try reader.must("length")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("ConversationAppendResult", wire))
        }
    }

    /// Returns entries of a conversation in order.
    ///
    /// - Parameters:
    ///   - conversation: the name of the conversation.
    ///   - from: the first entry. Default: 0.
    ///   - count: how many. Default: all.
    ///   - last: instead: the last so many.
    ///   - maxBytes: about how many bytes of them. Default: 8388608.
    @discardableResult
    public func conversationRead(
        conversation: String,
        from: Int? = nil,
        count: Int? = nil,
        last: Int? = nil,
        maxBytes: Int? = nil
    ) async throws -> ConversationReadResult {
        try ConversationReadResult(try await call("conversation.read", mayResend: true) { writer in
            writer.wire("conversation", conversation)
            writer.wire("from", from)
            writer.wire("count", count)
            writer.wire("last", last)
            writer.wire("max_bytes", maxBytes)
        })
    }

    /// What `conversation.read` answers.
    public struct ConversationReadResult: WireReadable {
        /// Whether there is one.
        public var found: Bool
        /// Where it is.
        public var revision: Int?
        /// How many entries it has.
        public var length: Int?
        /// What is kept beside the entries.
        public var metadata: RawJSON?
        /// The entries.
        public var entries: [RawJSON]
        /// Their ids, null for one without; left out when none has one.
        public var ids: [RawJSON]?
        /// The first of them.
        public var from: Int?
        /// Where to go on.
        public var more: Int?

        init(_ reader: WireReader) throws {
            found = try reader.must("found")
            revision = try reader.may("revision")
            length = try reader.may("length")
            metadata = try reader.may("metadata")
            entries = try reader.must("entries")
            ids = try reader.may("ids")
            from = try reader.may("from")
            more = try reader.may("more")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("ConversationReadResult", wire))
        }
    }

    /// Returns the entry with an id, and the name of the conversation it is in.
    ///
    /// - Parameters:
    ///   - entry: its id.
    ///   - conversation: only in this one.
    @discardableResult
    public func conversationEntry(
        entry: String,
        conversation: String? = nil
    ) async throws -> ConversationEntryResult {
        try ConversationEntryResult(try await call("conversation.entry", mayResend: true) { writer in
            writer.wire("conversation", conversation)
            writer.wire("entry", entry)
        })
    }

    /// What `conversation.entry` answers.
    public struct ConversationEntryResult: WireReadable {
        /// Whether there is one.
        public var found: Bool
        /// The conversation.
        public var conversation: String?
        /// The entry.
        public var value: RawJSON?

        init(_ reader: WireReader) throws {
            found = try reader.must("found")
            conversation = try reader.may("conversation")
            value = try reader.may("value")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("ConversationEntryResult", wire))
        }
    }

    /// Lists conversations by name.
    ///
    /// - Parameters:
    ///   - prefix: only names that begin so.
    ///   - limit: conversations on a page. Default: 100.
    ///   - cursor: `more` of the page before.
    @discardableResult
    public func conversationList(
        prefix: String? = nil,
        limit: Int? = nil,
        cursor: String? = nil
    ) async throws -> ConversationListResult {
        try ConversationListResult(try await call("conversation.list", mayResend: true) { writer in
            writer.wire("prefix", prefix)
            writer.wire("limit", limit)
            writer.wire("cursor", cursor)
        })
    }

    /// What `conversation.list` answers.
    public struct ConversationListResult: WireReadable {
        /// The conversations.
        public var conversations: [Wire.ConversationObject]
        /// The cursor of the next page.
        public var more: String?

        init(_ reader: WireReader) throws {
            conversations = try reader.must("conversations")
            more = try reader.may("more")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("ConversationListResult", wire))
        }
    }

    /// Makes a conversation that begins like another one.
    ///
    /// - Parameters:
    ///   - conversation: the name of the conversation.
    ///   - target: the name of the new one.
    ///   - count: how many entries it begins with. Default: all.
    @discardableResult
    public func conversationFork(
        conversation: String,
        target: String,
        count: Int? = nil
    ) async throws -> ConversationForkResult {
        try ConversationForkResult(try await call("conversation.fork", mayResend: false) { writer in
            writer.wire("conversation", conversation)
            writer.wire("target", target)
            writer.wire("count", count)
        })
    }

    /// What `conversation.fork` answers.
    public struct ConversationForkResult: WireReadable {
        /// Where the new one is.
        public var revision: Int
        /// How many entries it has.
        public var length: Int

        init(_ reader: WireReader) throws {
            revision = try reader.must("revision")
            length = try reader.must("length")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("ConversationForkResult", wire))
        }
    }

    /// Forgets a conversation with its entries.
    ///
    /// - Parameters:
    ///   - conversation: the name of the conversation.
    @discardableResult
    public func conversationDelete(
        conversation: String
    ) async throws -> ConversationDeleteResult {
        try ConversationDeleteResult(try await call("conversation.delete", mayResend: false) { writer in
            writer.wire("conversation", conversation)
        })
    }

    /// What `conversation.delete` answers.
    public struct ConversationDeleteResult: WireReadable {
        /// Whether there was one.
        public var deleted: Bool

        init(_ reader: WireReader) throws {
            deleted = try reader.must("deleted")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("ConversationDeleteResult", wire))
        }
    }
}
