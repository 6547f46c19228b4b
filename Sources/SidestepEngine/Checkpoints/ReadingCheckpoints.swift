import SidestepHash
import SidestepModel
import SidestepProtocol
import SidestepStore

/// How a caller names a checkpoint.
public struct CheckpointName: Sendable {
    /// The checkpoint's id.
    public var checkpoint: String?
    /// The id of its run; alone it names the newest checkpoint of that run.
    public var run: String?
    /// The name it was saved under; with `run` it names the newest of that name.
    public var name: String?
    /// A resume token, which goes before all others; the database has only its hash.
    public var token: String?

    /// The parameters of a call as they came; what they name is found when it is performed.
    public init(checkpoint: String?, run: String?, name: String?, token: String?) {
        self.checkpoint = checkpoint
        self.run = run
        self.name = name
        self.token = token
    }
}

/// A checkpoint with the id of its run.
public struct CheckpointView {
    /// The record, with its state and results of tools; its messages are read by themselves.
    public var checkpoint: CheckpointRecord
    /// The id of the run that saved it.
    public var run: String
}

extension StoreReader {
    func checkpoint(_ name: CheckpointName, _ call: CallContext) throws -> CheckpointView {
        let found = try record(name, call)
        guard let found, let run = try run(key: found.run), isVisible(run, call) else {
            throw name.token == nil
                ? Failure(
                    .checkpointNotFound, "there is no such checkpoint", run: name.run,
                    hint: "`checkpoint.list` lists those of a run.")
                : Failure(
                    .tokenInvalid, "the resume token names no checkpoint", run: name.run,
                    hint: "Tokens come from `checkpoint`.")
        }
        if let asked = name.run, asked != run.id {
            throw Failure(
                .checkpointNotFound, "the checkpoint belongs to another run", run: asked,
                hint: "Leave `run` out, or correct it.")
        }
        return CheckpointView(checkpoint: found, run: run.id)
    }

    private func record(_ name: CheckpointName, _ call: CallContext) throws -> CheckpointRecord? {
        if let token = name.token { return try checkpoint(tokenHash: ContentHash.of(token.utf8)) }
        if let id = name.checkpoint { return try checkpoint(id: id) }
        guard let run = name.run else {
            throw Failure(
                .invalidArgument, "name a checkpoint, a token or a run",
                hint: "Pass `checkpoint`, `token` or `run`.")
        }
        return try latestCheckpoint(run: visibleRun(run, call).key, name: name.name)
    }
}

/// One checkpoint with its state.
public struct GetCheckpoint: Query {
    /// Which checkpoint; named by its run alone, the newest that a fork has saved itself.
    public let name: CheckpointName

    /// A call of `checkpoint.get`.
    public init(name: CheckpointName) { self.name = name }

    /// Answers with the checkpoint. Throws `checkpoint_not_found`, `token_invalid`, or `run_not_found`.
    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> CheckpointView {
        try store.checkpoint(name, call)
    }
}

/// The checkpoints of a run, newest first, without their state.
public struct ListCheckpoints: Query {
    /// The id of a run that the caller may see; its newest generation is meant.
    public let run: String
    /// The sequence of the last one of the page before; nil begins at the newest.
    public let before: Int64?
    /// Checkpoints of one page at most.
    public let limit: Int

    /// A call of `checkpoint.list`.
    public init(run: String, before: Int64?, limit: Int) {
        self.run = run
        self.before = before
        self.limit = limit
    }

    /// Answers with a page; a fork's own ones only, not those that it shares.
    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> Page<CheckpointRecord> {
        try store.checkpoints(run: store.visibleRun(run, call).key, before: before, limit: limit)
    }
}

/// Messages of a checkpoint's history.
public struct CheckpointMessages: Query {
    /// Which checkpoint the history belongs to.
    public let name: CheckpointName
    /// The index of the first message, from 0.
    public var from: Int64 = 0
    /// How many messages; nil is all from there on.
    public var count: Int64?
    /// The last so many instead; `from` and `count` do not count then.
    public var last: Int64?
    /// About how many bytes of messages one reply has at most.
    public var maxBytes: Int

    /// A call of `checkpoint.messages`; without a range all messages are meant.
    public init(name: CheckpointName, maxBytes: Int) {
        self.name = name
        self.maxBytes = maxBytes
    }

    /// A part of a history.
    public struct Result {
        /// The messages as they came, in their order.
        public var messages: [Payload]
        /// The index of the first of them.
        public var from: Int64
        /// How many messages the whole history has.
        public var total: Int64
        /// Where to go on; nil at the end of what was asked for.
        public var more: Int64?
    }

    /// Answers with a part; a checkpoint without a history has none. Throws what `GetCheckpoint` throws.
    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> Result {
        guard let history = try store.checkpoint(name, call).checkpoint.history else {
            return Result(messages: [], from: 0, total: 0, more: nil)
        }
        let range = wanted(of: history.length)
        let messages = try store.messages(history, range, maxBytes: maxBytes)
        let end = range.lowerBound + Int64(messages.count)
        return Result(
            messages: messages, from: range.lowerBound, total: history.length,
            more: end < range.upperBound ? end : nil)
    }

    private func wanted(of total: Int64) -> Range<Int64> {
        if let last { return max(0, total - last)..<total }
        let start = min(from, total)
        return start..<(start + min(count ?? total, total - start))
    }
}
