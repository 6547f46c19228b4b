/// Where a run stands.
public enum RunStatus: String, Sendable, CaseIterable {
    /// Waits for an owner.
    case queued
    /// Has an owner.
    case running
    /// Nobody is needed until a signal, promise or timer.
    case waiting
    /// Its owner died; to be taken up again.
    case interrupted
    /// A person or a policy must act; `PauseReason` says why.
    case paused
    case completed
    case failed
    case cancelled

    /// Whether the run has its final result.
    public var isClosed: Bool { self == .completed || self == .failed || self == .cancelled }
}

/// Why a run is paused.
public enum PauseReason: String, Sendable {
    case `operator`
    case crashLoop = "crash_loop"
    case budget
    case unknownStep = "unknown_step"
    case codeVersion = "code_version"
}

/// What can happen to a run as a whole.
public enum RunEvent: Sendable, CaseIterable {
    case granted, takenOver, released, interrupted, paused, unpaused, completed, failed, reopened
    case suspended, woken, cancelled, expired
    /// Its owner is away, and may come back with the same lease.
    case cutOff
    /// That owner is back.
    case cameBack
    /// It failed, and its owner tries it again.
    case retried
    /// It was asked to end, and is given to one that undoes what it did.
    case offeredForUndoing
}

extension RunStatus {
    /// The status after `event`, or nil when the event cannot happen here.
    ///
    /// This table is the whole state machine: nothing else in the engine decides what may follow what. What else an
    /// event changes, `RunRecord.after` says.
    public func after(_ event: RunEvent) -> RunStatus? {
        switch (self, event) {
        case (.queued, .granted), (.interrupted, .granted), (.waiting, .granted): .running
        case (.running, .takenOver): .running
        case (.running, .released): .queued
        case (.running, .interrupted), (.running, .cutOff): .interrupted
        case (.interrupted, .cameBack): .running
        case (.running, .retried): .running
        case (.queued, .paused), (.running, .paused), (.waiting, .paused), (.interrupted, .paused): .paused
        case (.paused, .unpaused): .queued
        case (.running, .completed): .completed
        case (.running, .failed): .failed
        case (.failed, .reopened), (.cancelled, .reopened): .queued
        case (.running, .suspended): .waiting
        case (.waiting, .woken): .queued
        case (.waiting, .offeredForUndoing), (.paused, .offeredForUndoing): .queued
        case (.queued, .offeredForUndoing), (.interrupted, .offeredForUndoing): self
        case (_, .cancelled) where !isClosed: .cancelled
        // Nobody claimed it in time, or its deadline passed.
        case (_, .expired) where !isClosed: .failed
        default: nil
        }
    }
}
