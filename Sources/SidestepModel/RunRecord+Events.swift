/// What each event does to a run, beside its input, output and error: the only place where a run changes its status.
extension RunRecord {
    /// The run after `event`; nil when that cannot happen where it stands.
    ///
    /// What an event brings along, the caller adds: the lease of a new owner, the reason of a pause.
    ///
    /// - Parameter next: when the attempt begins that follows this one, of `retried`; nil is at once.
    public consuming func after(_ event: RunEvent, at now: Instant, next: Instant? = nil) -> RunRecord? {
        guard let status = status.after(event) else { return nil }
        var run = self
        run.status = status
        run.reason = nil
        run.updated = now
        switch event {
        case .granted, .takenOver: run.isGranted(at: now)
        case .cameBack, .woken: break
        case .released, .interrupted:
            run.losesLease(at: now)
            run.clearPastDelay(now)
        case .cutOff:
            run.loseOwner(at: now)
            run.clearPastDelay(now)
        case .paused: run.losesLease(at: now)
        case .unpaused:
            run.isExhausted = false
            run.interruptions = 0
            run.clearPastDelay(now)
        case .suspended:
            run.losesLease(at: now)
            run.nextAttempt = nil
        case .completed, .failed, .cancelled, .expired:
            run.losesLease(at: now)
            run.nextAttempt = nil
            run.closed = now
        case .reopened: run.isReopened(at: now)
        case .retried:
            run.attempt += 1
            run.nextAttempt = next ?? now
        case .offeredForUndoing: run.nextAttempt = nil
        }
        return run
    }

    /// Nothing of an older owner is accepted any more.
    private mutating func isGranted(at now: Instant) {
        losesLease(at: now)
        epoch += 1
        nextAttempt = nil
        placement.startDeadline = nil
    }

    private mutating func isReopened(at now: Instant) {
        closed = nil
        cancellation = nil
        attempt += 1
        interruptions = 0
        // A deadline that closed it would close it again at once.
        if let deadline, deadline <= now { self.deadline = nil }
    }

    /// Takes the owner away; the time it had the run counts for the budget of wall time.
    public mutating func loseOwner(at now: Instant) {
        if let since = lease?.owner.since { ownedMilliseconds &+= max(0, now.milliseconds(since: since)) }
        lease = nil
    }

    /// The same for good: that owner does not come back with the lease it had.
    private mutating func losesLease(at now: Instant) {
        loseOwner(at: now)
        secretHash = nil
    }

    /// A delay that is over is none: a run that has one is not offered to workers.
    private mutating func clearPastDelay(_ now: Instant) {
        if let next = nextAttempt, next <= now { nextAttempt = nil }
    }
}

extension RunRecord {
    /// Says where the record stands that a store reads; nothing happens to it. For stores alone.
    public mutating func stored(as status: RunStatus) { self.status = status }
}
