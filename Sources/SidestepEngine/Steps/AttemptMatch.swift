import SidestepModel

/// What a message about an attempt means, given where the step stands: a pure rule.
enum AttemptMatch: Equatable {
    /// It is about the attempt that counts now, under this number.
    case current(Int64)
    /// It repeats what was recorded already.
    case recorded
    /// It comes too late: another attempt counts, or another outcome.
    case superseded

    /// - Parameters:
    ///   - step: the step; nil when its beginning was never heard of (a lost notification).
    ///   - presented: the attempt that the caller names; nil means the last one begun.
    init(_ step: StepRecord?, presented: Int64?) {
        guard let step else {
            self = .current(presented ?? 1)
            return
        }
        switch step.status {
        case .completed, .failed: self = presented ?? step.attempt == step.attempt ? .recorded : .superseded
        case .running, .waiting, .unknown:
            let attempt = presented ?? step.attempt
            self = attempt >= step.attempt ? .current(attempt) : .superseded
        case .backoff: self = Self.inBackoff(step, presented ?? step.attempt - 1)
        }
    }

    /// In back-off `attempt` is the one to come. It may have begun unheard; the one before it may still
    /// report if it was only cut off, not if it failed.
    private static func inBackoff(_ step: StepRecord, _ attempt: Int64) -> AttemptMatch {
        if attempt >= step.attempt { return .current(attempt) }
        return step.isInterrupted && attempt == step.attempt - 1 ? .current(attempt) : .superseded
    }
}
