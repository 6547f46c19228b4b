import SidestepModel
import SidestepProtocol
import SidestepStore

/// How an import goes on over several calls, and how it ends.
extension ImportRun {
    static func token(_ run: RunRecord) -> String { "\(run.key).\(run.uid)" }

    /// The run that an earlier call of this user began.
    func found(
        _ continuation: String, _ store: any StoreTransaction, _ call: CallContext
    ) throws -> RunRecord {
        let parts = continuation.split(separator: ".", maxSplits: 1)
        if parts.count == 2, let key = Int64(parts[0]), let run = try store.run(key: key),
            run.userID == RunRecord.nobody, run.uid == parts[1], run.id.hasPrefix("\0\(call.peer.uid)/")
        {
            return run
        }
        throw Failure(
            .invalidArgument, "`import` names no import that is under way",
            hint: "Begin anew with the first line; an import does not outlive the daemon.")
    }

    /// Puts the run in its place, for all who may see it.
    func finish(
        _ hidden: RunRecord, _ store: any StoreTransaction, _ call: inout CallContext
    ) throws -> Result {
        let id = hidden.id.split(separator: "/", maxSplits: 2).last.map(String.init) ?? hidden.uid
        // Somebody may have made a run of that id meanwhile.
        if try store.run(user: call.peer.uid, id: id, generation: nil) != nil {
            throw Failure(
                .runConflict, "there is another run '\(id)' by now", run: id,
                hint: "Import it again, and pass `run` to give it another id.")
        }
        try store.publish(run: hidden.key, id: id, user: call.peer.uid)
        try store.append(run: hidden.key, at: call.now, kind: .runImported)
        guard let run = try store.run(key: hidden.key) else { throw Failure.runNotFound(id) }
        call.announce(run)
        return Result(view: try RunView(run, store), isNew: true)
    }
}

/// Gives up imports that the end of a daemon cut short.
struct AbandonImports: Command {
    func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws {
        try store.abandonImports(run: nil)
        call.after(.later(.deleteRemoved, 0))
    }
}
