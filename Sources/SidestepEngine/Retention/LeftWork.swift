import SidestepModel
import SidestepProtocol
import SidestepStore

/// Does a part of the first chore, and comes again while there is one: what a call left behind so that nobody had to
/// wait for it.
struct DoLeftWork: Command {
    var space: SpaceUse { .frees }
    static let pauseMilliseconds: Int64 = 2

    /// What is done of a chore at once; answers how far it is, nil at its end.
    typealias Part = @Sendable (ChoreRecord, any StoreTransaction, inout CallContext) throws -> Int64?

    static func part(_ kind: ChoreKind) -> Part {
        switch kind {
        case .conversation, .place, .webhook, .stream:
            { chore, store, call in
                let rows = call.environment.settings.part.rows
                return try store.deleteRows(of: chore.kind, chore.target, limit: rows) ? nil : chore.position
            }
        case .children: { try $1.cancelChildren($0, &$2) }
        case .waits: { try $1.endWaits($0, &$2) }
        }
    }

    func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws {
        guard let chore = try store.firstChore() else { return }
        if let position = try Self.part(chore.kind)(chore, store, &call) {
            try store.moveChore(chore.key, to: position)
        } else {
            try store.finishChore(chore.key)
        }
        call.after(.later(.leftWork, Self.pauseMilliseconds))
    }
}

extension StoreTransaction {
    /// Leaves work to be done when this call is over.
    func leave(
        _ kind: ChoreKind, _ target: Int64, detail: Payload? = nil, _ call: inout CallContext
    ) throws {
        try addChore(kind, target: target, detail: detail)
        call.after(.later(.leftWork, 0))
    }

    // MARK: Children

    /// Asks the children of a run to end that were not to outlive it: some at once, the others as a chore.
    func cancelChildren(
        of run: RunRecord, reason: String?, _ graceMilliseconds: Int64, _ call: inout CallContext
    ) throws {
        guard try cancelChildren(of: run, after: 0, reason, graceMilliseconds, &call) != nil else {
            return
        }
        let asked = detail { writer in
            writer.member("reason", reason)
            writer.member("grace_ms", graceMilliseconds)
        }
        // It begins with those that are asked already: asking again changes nothing.
        try leave(.children, run.key, detail: asked, &call)
    }

    fileprivate func cancelChildren(_ chore: ChoreRecord, _ call: inout CallContext) throws -> Int64? {
        // Whoever opened the run again has children of his own by now.
        guard let run = try run(key: chore.target), run.status.isClosed || run.cancellation != nil else {
            return nil
        }
        let asked = chore.detail.map(RawJSON.init(validated:))
        return try cancelChildren(
            of: run, after: chore.position, asked?["reason"]?.string,
            asked?["grace_ms"]?.integer ?? call.environment.settings.cancelGraceMilliseconds, &call)
    }

    /// - Returns: the last child that was looked at; nil when there are no more.
    private func cancelChildren(
        of run: RunRecord, after last: Int64, _ reason: String?, _ graceMilliseconds: Int64,
        _ call: inout CallContext
    ) throws -> Int64? {
        let limit = call.environment.settings.part.looks
        let children = try openChildren(of: run.key, after: last, limit: limit)
        for child in children where !child.isDetached {
            // A child before it may have taken it along.
            guard let child = try self.run(key: child.key), !child.status.isClosed else { continue }
            try cancel(child, reason: reason, graceMilliseconds: graceMilliseconds, with: run, &call)
        }
        return children.count == limit ? children.last?.key : nil
    }

    // MARK: Waits

    /// Ends the waits for the end of this run: some at once, the others as a chore.
    func endWaits(for run: RunRecord, output: Payload?, error: Payload?, _ call: inout CallContext) throws {
        let limit = call.environment.settings.part.looks
        let steps = try waitingSteps(run: run.key, WaitCondition(.run, run.id), limit: limit)
        if steps.isEmpty { return }
        let outcome = WaitOutput.run(run, RunPayloads(output: output, error: error))
        for step in steps { try wake(step, outcome, &call) }
        if steps.count < limit { return }
        // The run may be removed, and have lost its id, before the chore is done.
        let left = detail { writer in
            writer.member("run", run.id)
            writer.member("outcome", RawJSON(validated: outcome))
        }
        try leave(.waits, run.key, detail: left, &call)
    }

    fileprivate func endWaits(_ chore: ChoreRecord, _ call: inout CallContext) throws -> Int64? {
        let left = chore.detail.map(RawJSON.init(validated:))
        // Who waits for a run that was opened again waits for its next end.
        guard let run = try runState(key: chore.target), run.status.isClosed, let id = left?["run"]?.string,
            let outcome = left?["outcome"]?.bytes
        else { return nil }
        let limit = call.environment.settings.part.looks
        let steps = try waitingSteps(run: chore.target, WaitCondition(.run, id), limit: limit)
        for step in steps { try wake(step, outcome, &call) }
        return steps.count == limit ? chore.position : nil
    }
}
