/// What became of a recorded call.
public enum RecordingState: String, Sendable, CaseIterable {
    /// On disk, and perhaps sent.
    case started
    /// Its answer is whole and on disk: it is given again.
    case completed
    /// It came to an error, which is never given again.
    case failed
    /// Nobody wanted its answer any more.
    case cancelled
    /// Whoever sent it has died: it may have been paid for, and is sent again when it is asked for again.
    case inDoubt = "in_doubt"
    /// It was completed, and its answer is not to be given again. Never stored: `RecordingReroll` says so.
    case superseded
}

/// What can happen to a recorded call.
public enum RecordingEvent: Sendable, CaseIterable {
    case completed, failed, cancelled
    /// Its recorder is gone, or does not know.
    case lost
}

extension RecordingState {
    /// The state after `event`, or nil when the event cannot happen here: what has ended stays as it is, but for what
    /// nobody knew the end of.
    public func after(_ event: RecordingEvent) -> RecordingState? {
        switch (self, event) {
        case (.started, .completed), (.inDoubt, .completed): .completed
        case (.started, .failed), (.inDoubt, .failed): .failed
        case (.started, .cancelled), (.inDoubt, .cancelled): .cancelled
        case (.started, .lost): .inDoubt
        default: nil
        }
    }
}

/// Who says what a call has used.
public enum UsageSource: String, Sendable, CaseIterable {
    /// The service.
    case reported
    /// The recorder, or what was set aside.
    case estimated
    /// Nobody: such calls have no usage.
    case none
}
