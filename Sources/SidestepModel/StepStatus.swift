/// Where a step stands.
public enum StepStatus: String, Sendable, CaseIterable {
    /// An attempt was begun and has no outcome yet.
    case running
    /// The next attempt has a time; a wait that was given up has none.
    case backoff
    /// Begun and not done is normal here: a signal, promise or timer.
    case waiting
    case completed
    case failed
    /// The owner of an `at_most_once` step died inside it; somebody has to resolve it.
    case unknown

    /// Whether the step has a recorded outcome.
    public var isFinished: Bool { self == .completed || self == .failed }
}

/// What can happen to a step.
public enum StepEvent: Sendable, CaseIterable {
    case begun, completed, failedForGood, failedWithRetry, interrupted, lostAtMostOnce
    /// What a wait waited for has come.
    case woken
    /// The program does not wait any more.
    case waitGivenUp
    /// Neither does it, and the signal that came meanwhile is given back: nobody saw it.
    case unseenGivenBack
    /// It waits again.
    case waitedAgain
    case resolvedRerun, resolvedCompleted, resolvedFailed
    /// Its run is executed again and wants another outcome.
    case forgotten
}

extension StepStatus {
    /// The status after `event`, or nil when the event cannot happen here.
    ///
    /// A step that is not there yet begins as `running`, a wait as `waiting`. What else an event changes,
    /// `StepRecord.after` says.
    public func after(_ event: StepEvent) -> StepStatus? {
        switch (self, event) {
        case (.backoff, .begun), (.running, .begun): .running
        // From unknown too: an owner that was only cut off comes back and knows the outcome.
        case (.running, .completed), (.backoff, .completed), (.unknown, .completed): .completed
        case (.running, .failedForGood), (.backoff, .failedForGood), (.unknown, .failedForGood): .failed
        case (.running, .failedWithRetry), (.backoff, .failedWithRetry), (.unknown, .failedWithRetry):
            .backoff
        case (.running, .interrupted): .backoff
        case (.running, .lostAtMostOnce): .unknown
        case (.unknown, .resolvedRerun): .backoff
        case (.unknown, .resolvedCompleted): .completed
        case (.unknown, .resolvedFailed): .failed
        case (.waiting, .woken): .completed
        case (.waiting, .waitGivenUp), (.completed, .unseenGivenBack): .backoff
        case (.backoff, .waitedAgain): .waiting
        case (.failed, .forgotten): .backoff
        default: nil
        }
    }
}
