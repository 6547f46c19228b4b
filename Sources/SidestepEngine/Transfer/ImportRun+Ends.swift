import SidestepModel
import SidestepProtocol
import SidestepStore

/// How an import goes on over several calls, and how it ends.
extension ImportRun {
    /// - Parameter taken: how many lines came so far.
    static func token(_ run: RunRecord, after taken: Int64) -> String { "\(run.key).\(taken).\(run.uid)" }

    /// The run that an earlier call of this user began, and how many lines it has taken.
    func found(
        _ continuation: String, _ store: any StoreTransaction, _ call: CallContext
    ) throws -> (RunRecord, taken: Int64) {
        let parts = continuation.split(separator: ".", maxSplits: 2)
        if parts.count == 3, let key = Int64(parts[0]), let taken = Int64(parts[1]),
            (2...1 << 53).contains(taken), let run = try store.run(key: key),
            run.userID == RunRecord.nobody, run.uid == parts[2],
            run.id.hasPrefix("\(RunRecord.importing)\(owner(call))/")
        {
            return (run, taken)
        }
        throw Failure(
            .invalidArgument, "`import` names no import that is under way",
            hint: "Begin anew with the first line; an import does not outlive the daemon.")
    }

    /// Puts the run in its place, for all who may see it.
    func finish(
        _ line: ImportLine, _ hidden: RunRecord, _ store: any StoreTransaction, _ call: inout CallContext
    ) throws -> Result {
        // Format 1 did not count.
        if let lines = try line.optionalNumber("lines", in: 0...1 << 53), lines != line.number - 1 {
            throw line.broken("tells of \(lines) lines, and \(line.number - 1) came")
        }
        let id = hidden.id.split(separator: "/", maxSplits: 3).last.map(String.init) ?? hidden.uid
        // Somebody may have made a run of that id meanwhile.
        if try store.run(user: owner(call), id: id, generation: nil) != nil {
            throw Failure(
                .runConflict, "there is another run '\(id)' by now", run: id,
                hint: "Import it again, and pass `run` to give it another id.")
        }
        try store.publish(run: hidden.key, id: id, user: owner(call))
        try store.append(
            run: hidden.key, at: call.now, kind: .runImported, detail: detail { $0.by(call.peer) })
        call.tell(act: "run.import", id, of: owner(call))
        guard let run = try store.run(key: hidden.key) else { throw Failure.runNotFound(id) }
        if !run.status.isClosed { try store.adoptEarlySignals(run, call) }
        return Result(view: try RunView(settled(run, store, &call), store), isNew: true)
    }

    /// Sets going what an open run waits for by itself.
    private func settled(
        _ run: RunRecord, _ store: any StoreTransaction, _ call: inout CallContext
    ) throws -> RunRecord {
        // Its owner stayed behind, and nobody else is to undo anything: the request to end is carried out.
        if run.cancellation != nil, !run.compensates, !run.status.isClosed {
            return try store.endCancelled(run, error: nil, &call)
        }
        for due in [run.deadline, run.cancellation?.final].compactMap(\.self) { call.after(.due(due)) }
        call.announce(run)
        return run
    }
}

/// Gives up imports and copies that the end of a daemon cut short.
struct AbandonImports: Command {
    var space: SpaceUse { .frees }
    func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws {
        try store.abandonImports(place: call.environment.place)
        try store.abandonCopies()
        call.after(.later(.deleteRemoved, 0))
    }
}
