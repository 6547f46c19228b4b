import SidestepHash
import SidestepModel
import SidestepProtocol
import SidestepStore

/// How a caller names a checkpoint.
public struct CheckpointName: Sendable {
    public var checkpoint: String?
    public var run: String?
    public var name: String?
    public var token: String?

    public init(checkpoint: String?, run: String?, name: String?, token: String?) {
        self.checkpoint = checkpoint
        self.run = run
        self.name = name
        self.token = token
    }
}

/// A checkpoint with the id of its run.
public struct CheckpointView {
    public var checkpoint: CheckpointRecord
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
    public let name: CheckpointName

    public init(name: CheckpointName) { self.name = name }

    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> CheckpointView {
        try store.checkpoint(name, call)
    }
}

/// The checkpoints of a run, newest first, without their state.
public struct ListCheckpoints: Query {
    public let run: String
    public let before: Int64?
    public let limit: Int

    public init(run: String, before: Int64?, limit: Int) {
        self.run = run
        self.before = before
        self.limit = limit
    }

    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> Page<CheckpointRecord> {
        try store.checkpoints(run: store.visibleRun(run, call).key, before: before, limit: limit)
    }
}

/// Messages of a checkpoint's history.
public struct CheckpointMessages: Query {
    public let name: CheckpointName
    public var from: Int64 = 0
    public var count: Int64?
    public var last: Int64?
    public var maxBytes: Int

    public init(name: CheckpointName, maxBytes: Int) {
        self.name = name
        self.maxBytes = maxBytes
    }

    public struct Result {
        public var messages: [Payload]
        public var from: Int64
        public var total: Int64
        /// Where to go on; nil at the end of what was asked for.
        public var more: Int64?
    }

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
