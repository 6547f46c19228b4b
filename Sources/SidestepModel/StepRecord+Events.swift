/// What each event does to a step, beside its output and error: the only place where a step changes its status.
extension StepRecord {
    /// The step after `event`; nil when that cannot happen where it stands.
    ///
    /// - Parameters:
    ///   - now: when it happens; of `begun`, when the attempt starts.
    ///   - next: when the attempt begins that follows this one; nil is at once.
    public consuming func after(_ event: StepEvent, at now: Instant, next: Instant? = nil) -> StepRecord? {
        guard let status = status.after(event) else { return nil }
        var step = self
        step.status = status
        switch event {
        case .begun: step.begins(at: now)
        case .completed, .resolvedCompleted, .resolvedFailed, .woken: step.ends(at: now)
        case .failedForGood:
            step.failures += 1
            step.ends(at: now)
        case .failedWithRetry:
            step.failures += 1
            step.beginsAgain(at: next ?? now)
        case .interrupted:
            step.beginsAgain(at: next ?? now)
            step.isInterrupted = true
        case .lostAtMostOnce:
            step.leavesAttempt()
            step.isInterrupted = true
            step.executor = nil
        case .resolvedRerun: step.beginsAgain(at: next ?? now)
        case .forgotten:
            step.failures = 0
            step.finished = nil
            step.beginsAgain(at: next ?? now)
        case .waitGivenUp, .unseenGivenBack:
            // Whoever waits again waits no longer than at first.
            step.finished = nil
            (step.nextAttempt, step.attemptDeadline) = (step.attemptDeadline, nil)
        case .waitedAgain:
            step.begun = now
            (step.attemptDeadline, step.nextAttempt) = (step.nextAttempt, nil)
        }
        return step
    }

    private mutating func begins(at start: Instant) {
        isInterrupted = false
        begun = start
        lives(at: start)
    }

    /// A sign of life of the attempt that goes on.
    public mutating func lives(at now: Instant) {
        let expiry = timeouts.expiry(firstBegun: firstBegun, begun: begun, lastSign: now)
        attemptDeadline = expiry?.at
        deadlineKind = expiry?.which
    }

    /// Nobody executes it any more.
    private mutating func leavesAttempt() {
        isInterrupted = false
        holder = nil
        hasHold = false
        attemptDeadline = nil
        deadlineKind = nil
    }

    private mutating func ends(at now: Instant) {
        leavesAttempt()
        executor = nil
        nextAttempt = nil
        finished = now
    }

    /// In back-off the attempt is the one to come, so that a late reply of the one before is recognised as late.
    private mutating func beginsAgain(at next: Instant) {
        leavesAttempt()
        attempt += 1
        nextAttempt = next
    }
}

extension StepRecord {
    /// Says where the record stands that a store reads; nothing happens to it. For stores alone.
    public mutating func stored(as status: StepStatus) { self.status = status }
}
