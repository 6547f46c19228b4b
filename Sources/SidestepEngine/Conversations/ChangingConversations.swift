import SidestepModel
import SidestepStore

extension StoreTransaction {
    /// Lets the first entries of a conversation stay: deletes the others, or, when those are many, takes the few that
    /// stay to a new place.
    func cut(
        _ record: ConversationRecord, to keep: Int64, _ call: inout CallContext
    ) throws -> ConversationRecord {
        var short = record
        short.length = keep
        let limit = Int64(call.environment.settings.limits[.entries])
        if record.length - keep <= limit {
            try cutConversation(record.key, from: keep)
            return short
        }
        guard keep <= limit else {
            throw Failure(
                .limitExceeded, "more than \(limit) entries would stay, and more than \(limit) would go",
                hint: "Let go of fewer at a time, beginning at the end."
            ).with(\.limit, ElementLimit.entries.rawValue)
        }
        try hide(record, &call)
        let new = try addConversation(user: call.conversationUser, name: record.name, at: record.created)
        short.key = new.key
        _ = try copyEntries(of: record.key, 0..<keep, to: new.key, maxBytes: .max)
        return short
    }

    /// Takes a conversation out of sight, and has its rows deleted.
    func hide(_ record: ConversationRecord, _ call: inout CallContext) throws {
        try hideConversation(record.key)
        try leave(.conversation, record.key, &call)
    }

    /// Copies entries, until about `maxBytes`.
    ///
    /// - Returns: how many.
    func copyEntries(
        of source: Int64, _ range: Range<Int64>, to target: Int64, maxBytes: Int
    ) throws -> Int64 {
        let entries = try conversationEntries(conversation: source, range, maxBytes: maxBytes)
        for (index, entry) in entries.enumerated() {
            _ = try addConversationEntry(entry, to: target, number: range.lowerBound + Int64(index))
        }
        return Int64(entries.count)
    }
}

/// Makes a conversation that begins like another one: out of sight, part by part, and then under its name.
public struct ForkConversation: Command {
    /// The name of the source, of the caller's own user.
    public let conversation: String
    /// The name of the new one; there must be none of it.
    public let target: String
    /// How many entries it begins with; nil is all.
    public let count: Int64?

    /// A fork that is being made.
    private struct Fork: Sendable {
        var record: ConversationRecord
        let length: Int64
        /// Where the source was when it began: what is copied belongs together.
        let revision: Int64
    }

    /// A call of `conversation.fork`.
    public init(conversation: String, target: String, count: Int64?) {
        self.conversation = conversation
        self.target = target
        self.count = count
    }

    /// Answers with the new conversation, at revision 1. Throws `invalid_argument` where there is no source or a
    /// target already, `overloaded` when the source was written to meanwhile.
    public func perform(
        _ store: any StoreTransaction, _ call: inout CallContext
    ) throws -> ConversationRecord {
        let source = try store.conversation(user: call.conversationUser, name: conversation)
        var fork = try call.progress(Fork.self) ?? begin(source, store, call)
        guard let source, source.revision == fork.revision else {
            throw try giveUp(fork, isWrittenTo, store, &call)
        }
        let part = call.environment.settings.part
        let end = min(fork.length, fork.record.length + Int64(part.rows))
        fork.record.length += try store.copyEntries(
            of: source.key, fork.record.length..<end, to: fork.record.key, maxBytes: part.bytes)
        if fork.record.length < fork.length { throw KeepingWrites.waits(.turn(fork)) }
        if let refusal = try isThere(store, call) { throw try giveUp(fork, refusal, store, &call) }
        fork.record.metadata = source.metadata
        fork.record.revision = 1
        try store.updateConversation(fork.record)
        try store.showConversation(fork.record.key, user: call.conversationUser, name: target)
        return fork.record
    }

    private func begin(
        _ source: ConversationRecord?, _ store: any StoreTransaction, _ call: CallContext
    ) throws -> Fork {
        guard let source else {
            throw Failure(
                .invalidArgument, "there is no conversation '\(conversation)'",
                hint: "`conversation.list` shows what there is.")
        }
        if let refusal = try isThere(store, call) { throw refusal }
        let record = try store.addConversation(user: call.conversationUser, name: target, at: call.now)
        // What outlives the daemon in this state is deleted at its next start.
        try store.hideConversation(record.key)
        return Fork(
            record: record, length: min(count ?? source.length, source.length), revision: source.revision)
    }

    private func isThere(_ store: any StoreTransaction, _ call: CallContext) throws -> Failure? {
        guard try store.conversation(user: call.conversationUser, name: target) != nil else { return nil }
        return Failure(
            .invalidArgument, "there is a conversation '\(target)' already",
            hint: "Fork to a new name, or delete that one.")
    }

    private var isWrittenTo: Failure {
        Failure(
            .overloaded, "the conversation '\(conversation)' changes while it is copied",
            hint: "Call again when nobody writes to it."
        ).with(\.retryAfterMilliseconds, 200)
    }

    /// The caller is refused, and what was copied goes.
    private func giveUp(
        _ fork: Fork, _ refusal: Failure, _ store: any StoreTransaction, _ call: inout CallContext
    ) throws -> KeepingWrites {
        try store.leave(.conversation, fork.record.key, &call)
        return .refused(refusal)
    }
}

/// Forgets a conversation; answers whether there was one.
public struct DeleteConversation: Command {
    /// The conversation's name, of the caller's own user.
    public let conversation: String

    /// A call of `conversation.delete`.
    public init(conversation: String) { self.conversation = conversation }

    /// Takes it out of sight at once; its entries are deleted in parts.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> Bool {
        guard let found = try store.conversation(user: call.conversationUser, name: conversation) else {
            return false
        }
        try store.hide(found, &call)
        try store.note(act: "conversation.delete", conversation, &call)
        return true
    }
}
