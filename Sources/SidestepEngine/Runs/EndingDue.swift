import SidestepModel
import SidestepProtocol
import SidestepStore

extension StoreTransaction {
    /// Ends what ran out of its time as a whole: graces, deadlines, times to be claimed.
    func endDueRuns(_ call: inout CallContext) throws {
        for run in try runs(endingAt: call.now) {
            // An earlier one of this list may have taken it along as a child.
            guard let run = try self.run(key: run.key), !run.status.isClosed else { continue }
            if let cancellation = run.cancellation {
                if cancellation.final <= call.now { _ = try endCancelled(run, error: nil, &call) }
            } else if let deadline = run.deadline, deadline <= call.now {
                try cancel(
                    run, reason: Cancellation.deadline,
                    graceMilliseconds: call.environment.settings.cancelGraceMilliseconds, &call)
            } else if run.lease == nil {
                try failUnclaimed(run, &call)
            }
        }
    }

    private func failUnclaimed(_ run: RunRecord, _ call: inout CallContext) throws {
        let error = detail { writer in
            writer.member("type", "timeout")
            writer.member("which", "schedule_to_start")
            writer.member("message", "no worker claimed the run in time")
        }
        _ = try close(run, .expired, output: nil, error: error, &call)
    }

    /// Offers the runs whose delay is over.
    func startDueRuns(_ call: inout CallContext) throws {
        for run in try runs(startableAt: call.now) {
            var ready = run
            ready.nextAttempt = nil
            try updateRun(ready, expecting: run.epoch)
            call.announce(ready)
        }
    }
}
