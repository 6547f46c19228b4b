import SidestepModel
import SidestepStore

extension CallContext {
    /// Tells whoever waits for the run that it changed, and a worker if one may have it now.
    mutating func announce(_ run: RunRecord) {
        after(.changed(.run(run.key)))
        if let deadline = run.placement.startDeadline { after(.due(deadline)) }
        guard run.status == .queued || run.status == .interrupted else { return }
        if let next = run.nextAttempt {
            after(.due(next))
        } else {
            after(.offered(.ready(run.userID, run.placement.queue, run.workflow)))
        }
    }
}

extension StoreTransaction {
    /// Tells that the run has no owner any more, and, where its queue has a limit, that there is room.
    func announceEnd(_ run: RunRecord, _ call: inout CallContext) throws {
        call.after(.ended(run: run.key, epoch: run.epoch))
        call.announce(run)
        guard let queue = try queue(user: run.userID, name: run.placement.queue),
            queue.concurrency != nil || queue.keyConcurrency != nil
        else { return }
        call.after(.offered(.place(run.userID, queue.name)))
    }
}
