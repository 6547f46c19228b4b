import SidestepModel
import SidestepProtocol
import SidestepStore

/// Why an owner lost its run without having said so.
public enum InterruptionCause: String, Sendable {
    /// Its process ended; its connection closed and it did not come back in time; its lease of kind `ttl` ran out.
    case died, disconnected, expired
    /// Another caller fenced it (`if_owned: take_over`).
    case takenOver = "taken_over"
    /// The same after it had said itself that its attempt failed: the next one begins.
    case beganAnew = "began_anew"
    /// The machine was started anew since it had the run: nothing of it is left.
    case rebooted = "reboot"
    /// It was granted the run by a request that it had sent before it died.
    case neverBegan = "never_began"
}

extension StoreTransaction {
    /// Ends the owner's work as its death leaves it: steps get their state,
    /// the interruption counts, the lease is over.
    ///
    /// - Returns: the run, `interrupted` or, past its limit of interruptions without progress, `paused`.
    func interrupt(
        _ run: RunRecord, _ cause: InterruptionCause, _ call: inout CallContext
    ) throws -> RunRecord {
        try loseRunningSteps(of: run, &call)
        // Only who was cut off may come back with the same lease; a dead owner's children may not.
        var after = try run.next(cause == .disconnected ? .cutOff : .interrupted, at: call.now)
        let progressed =
            try run.lease.map { try hasProgress(run: run.key, since: $0.grantedSequence) } ?? false
        let count: Int64 = cause == .neverBegan ? 0 : 1
        after.interruptions = (progressed ? 0 : run.interruptions) + count
        try append(
            run: run.key, at: call.now, kind: .runInterrupted,
            detail: detail { writer in
                writer.member("cause", cause.rawValue)
                writer.member("interruptions", after.interruptions)
            })
        if let delay = CrashLoop.delay(interruptions: after.interruptions) {
            let next = call.now.advanced(byMilliseconds: delay)
            after.nextAttempt = max(after.nextAttempt ?? next, next)
            after.placement.startsOnDate = false
        }
        if after.interruptions > run.maxInterruptions { after = try paused(after, .crashLoop, &call) }
        try updateRun(after, expecting: run.epoch)
        // Nobody is left to undo anything: the request to end is carried out.
        if after.cancellation != nil, !after.compensates {
            return try endCancelled(after, error: nil, &call)
        }
        try announceEnd(after, &call)
        return after
    }

    /// - Parameter more: writes what else the journal is to say of it.
    func paused(
        _ run: RunRecord, _ reason: PauseReason, _ call: inout CallContext,
        _ more: (inout JSONWriter) -> Void = { _ in }
    ) throws -> RunRecord {
        var after = try run.next(.paused, at: call.now)
        after.reason = reason
        try append(
            run: run.key, at: call.now, kind: .runPaused,
            detail: detail { writer in
                writer.member("reason", reason.rawValue)
                more(&writer)
            })
        call.tell(
            Notice(.runPaused).with(.run, run.id).with(.workflow, run.workflow).with(.user, run.userID)
                .with(.reason, reason.rawValue))
        return after
    }

    /// Settles the steps that were begun and will not report any more.
    func loseRunningSteps(of run: RunRecord, _ call: inout CallContext) throws {
        // What the daemon executes goes on: it will report, whoever owns the run.
        for step in try openSteps(run: run.key) where step.status == .running && step.executor == nil {
            try lose(step, of: run, &call)
        }
    }

    /// The process of an attempt is gone: it may be tried again, or, at most once, nobody knows what it did.
    func lose(_ step: StepRecord, of run: RunRecord, _ call: inout CallContext) throws {
        guard let after = step.after(step.atMostOnce ? .lostAtMostOnce : .interrupted, at: call.now) else {
            return
        }
        try settle(step, of: run, .lost, usage: nil, &call)
        let isUnknown = after.status == .unknown
        if step.executor != nil {
            if isUnknown { try dropExecution(after, &call) } else { call.after(.executionDue(call.now)) }
        }
        try updateStep(StepOutcome(step: after, output: nil, error: nil), epoch: run.epoch)
        try append(
            run: run.key, at: call.now, kind: isUnknown ? .stepUnknown : .stepInterrupted, step: step.name,
            attempt: step.attempt, begun: step.begun, detail: nil)
        call.after(.changed(.step(run.key, step.name)))
    }
}

/// The owner of a run died, stayed away too long or let its lease run out.
struct InterruptRun: Command {
    let run: Int64
    let epoch: Int64
    let cause: InterruptionCause

    func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws {
        // A newer owner, or none: somebody was faster, and nothing is left to do.
        guard let run = try store.run(key: run), run.epoch == epoch, run.status == .running else { return }
        _ = try store.interrupt(run, cause, &call)
    }
}

/// A process that executed a step of somebody else's run is gone.
struct InterruptStep: Command {
    let run: Int64
    let step: String
    let attempt: Int64
    let process: ProcessIdentity

    func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws {
        guard let run = try store.run(key: run), let step = try store.step(run: run.key, name: step),
            step.status == .running, step.attempt == attempt, step.holder == process
        else { return }
        try store.lose(step, of: run, &call)
    }
}
