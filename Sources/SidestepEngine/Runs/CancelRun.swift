import SidestepModel
import SidestepProtocol
import SidestepStore

/// Asks a run to end: its owner may undo what it did, and after the grace it is over whatever the owner does.
public struct CancelRun: Command {
    /// The id of a run that the caller may see; no lease is needed.
    public let run: String
    /// Why, in the caller's words, for its owner and the journal. The reason of the first request stays.
    public var reason: String?
    /// Milliseconds in which the owner may undo what it did; asked again, only a shorter grace counts.
    public var graceMilliseconds: Int64
    /// Whether the owner's process is ended, too: SIGTERM, later SIGKILL.
    public var kills = false

    /// A call of `run.cancel`.
    public init(run: String, reason: String?, graceMilliseconds: Int64) {
        self.run = run
        self.reason = reason
        self.graceMilliseconds = graceMilliseconds
    }

    /// Answers with the run, `cancelled` already where nobody has to undo anything. Throws `run_closed` for one that
    /// has ended otherwise, `not_permitted` where `kills` is about another user's process or the caller's own.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> RunRecord {
        try perform(on: try store.visibleRun(run, call), store, &call)
    }

    func perform(
        on run: RunRecord, _ store: any StoreTransaction, _ call: inout CallContext
    ) throws -> RunRecord {
        if let refusal = RunAction.cancel.refusal(of: run) { throw refusal }
        if run.status.isClosed { return run }
        let owner = run.lease?.owner
        if kills, let owner {
            guard owner.uid == call.peer.uid || call.peer.uid == 0, owner.process != call.peer.process else {
                throw Failure(
                    .notPermitted, "the owner belongs to another user or is the caller itself", run: run.id,
                    hint: "Leave `kill` out: the owner is told, and fenced when the grace is over.")
            }
            call.after(.kill(owner.process, run: run.id))
        }
        call.tell(act: "run.cancel", run.id, of: run.userID)
        return try store.cancel(run, reason: reason, graceMilliseconds: graceMilliseconds, &call)
    }
}

extension StoreTransaction {
    /// Asks an open run to end; one that has nobody to undo anything ends at once. Its children follow.
    ///
    /// - Parameter parent: the run that it ends with.
    @discardableResult
    func cancel(
        _ run: RunRecord, reason: String?, graceMilliseconds: Int64, with parent: RunRecord? = nil,
        _ call: inout CallContext
    ) throws -> RunRecord {
        var after = run
        let final = call.now.advanced(byMilliseconds: graceMilliseconds)
        let earlier = run.cancellation
        // Asking again may only shorten the grace.
        if let earlier, earlier.final <= final { return run }
        after.cancellation = Cancellation(
            requested: earlier?.requested ?? call.now, final: final, reason: earlier?.reason ?? reason)
        after.updated = call.now
        if earlier == nil {
            try append(
                run: run.key, at: call.now, kind: .runCancelRequested,
                detail: detail { writer in
                    writer.member("reason", reason)
                    writer.member("parent", parent?.id)
                    if !call.isOwnWork { writer.by(call.peer) }
                })
        }
        guard run.lease != nil || run.compensates else {
            try updateRun(after, expecting: run.epoch)
            return try endCancelled(after, error: nil, &call)
        }
        try offerForUndoing(&after, call)
        try updateRun(after, expecting: run.epoch)
        call.after(.due(final))
        call.announce(after)
        if let lease = run.lease {
            call.after(.cancelled(run: run.id, session: lease.session, after.cancellation!))
        }
        try cancelChildren(of: run, reason: reason, graceMilliseconds, &call)
        return after
    }

    /// A run without an owner is given to one that undoes what was done.
    private func offerForUndoing(_ run: inout RunRecord, _ call: CallContext) throws {
        guard run.lease == nil else { return }
        run = try run.next(.offeredForUndoing, at: call.now)
    }

    /// Carries out a request to end.
    ///
    /// - Parameter error: what the owner said of its end, if it did.
    func endCancelled(
        _ run: RunRecord, error: Payload?, _ call: inout CallContext
    ) throws -> RunRecord {
        let cancellation = run.cancellation
        if cancellation?.reason == Cancellation.deadline {
            let late = detail { writer in
                writer.member("type", "deadline_exceeded")
                writer.member("message", "the run's deadline passed")
            }
            return try close(run, .expired, output: nil, error: error ?? late, &call)
        }
        let asked = detail { writer in
            writer.member("type", "cancelled")
            writer.member("message", cancellation?.reason ?? "somebody asked the run to end")
        }
        return try close(run, .cancelled, output: nil, error: error ?? asked, &call)
    }

    /// What a run that closes leaves behind: children that were not to outlive it are asked to end.
    func closeChildren(of run: RunRecord, _ call: inout CallContext) throws {
        try cancelChildren(
            of: run, reason: "its parent '\(run.id)' is \(run.status.rawValue)",
            call.environment.settings.cancelGraceMilliseconds, &call)
    }
}
