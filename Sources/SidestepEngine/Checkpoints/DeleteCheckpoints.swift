import SidestepModel
import SidestepProtocol
import SidestepStore

/// Deletes checkpoints of a run and what nothing else needs. Done part by part, the oldest first.
public struct DeleteCheckpoints: Command {
    /// The id of a run that the caller may see; no lease is needed.
    public let run: String
    /// The id of one checkpoint; nil deletes all that are old enough.
    public let checkpoint: String?
    /// Only those whose sequence is lower: 0 deletes none, nil all that are there now.
    public let before: Int64?

    /// How far it is.
    private struct Deletion: Sendable {
        let run: Int64
        var key: Int64?
        /// Those that are saved meanwhile stay.
        let before: Int64
        var deleted = 0
        /// Below which branch of the history is looked for messages that nothing needs; nil while checkpoints go.
        var branch: Int64?
    }

    /// A call of `checkpoint.delete`.
    public init(run: String, checkpoint: String?, before: Int64?) {
        self.run = run
        self.checkpoint = checkpoint
        self.before = before
    }

    /// Answers with how many are gone, once messages that nothing needs are gone too. Throws `checkpoint_not_found`.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> Int {
        var at = try call.progress(Deletion.self) ?? begin(store, call)
        let rows = call.environment.settings.part.rows
        if let branch = at.branch {
            at.branch = try store.deleteUnneededMessages(run: at.run, below: branch, limit: rows)
            if at.branch != nil { throw KeepingWrites.waits(.turn(at)) }
            try note(at, store, call)
            return at.deleted
        }
        let part = try store.deleteCheckpoints(
            run: at.run, key: at.key, before: at.before, limit: rows)
        at.deleted += part.deleted
        if part.isDone {
            if at.deleted == 0 { return 0 }
            at.branch = try store.deleteUnneededMessages(run: at.run, below: .max, limit: rows)
            if at.branch == nil { try note(at, store, call) }
        }
        if !part.isDone || at.branch != nil { throw KeepingWrites.waits(.turn(at)) }
        return at.deleted
    }

    private func begin(_ store: any StoreTransaction, _ call: CallContext) throws -> Deletion {
        let run = try store.visibleRun(run, call)
        let latest = try store.latestCheckpoint(run: run.key, name: nil)?.key ?? 0
        var deletion = Deletion(run: run.key, key: nil, before: min(before ?? .max, latest + 1))
        if let checkpoint {
            let name = CheckpointName(checkpoint: checkpoint, run: run.id, name: nil, token: nil)
            deletion.key = try store.checkpoint(name, call).checkpoint.key
        }
        return deletion
    }

    private func note(_ at: Deletion, _ store: any StoreTransaction, _ call: CallContext) throws {
        try store.append(
            run: at.run, at: call.now, kind: .checkpointsDeleted,
            detail: detail { writer in
                writer.member("deleted", at.deleted)
                writer.by(call.peer)
            })
    }
}
