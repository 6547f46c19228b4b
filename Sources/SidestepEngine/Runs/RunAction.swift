import SidestepModel
import SidestepStore

/// What is done to many runs at once; the words of the wire.
public enum RunAction: String, Sendable, CaseIterable {
    case cancel, retry, pause, unpause, delete

    /// Whether it is about runs that stand so; what a filter finds besides is left alone.
    func isAbout(_ status: RunStatus) -> Bool {
        switch self {
        case .cancel: !status.isClosed
        case .retry: status.isClosed && status != .completed
        case .pause: !status.isClosed && status != .paused
        case .unpause: status == .paused
        case .delete: true
        }
    }
}

/// Which runs are meant by one call.
public enum RunSelection: Sendable {
    /// The newest generations of these ids.
    case named([String])
    /// Those that a filter finds, the newest first; its limit is how many are looked at.
    case found(ListRuns)
}

extension RunAction {
    /// Why it cannot be done to a run, as far as the run itself tells; a run that is as wanted refuses nothing.
    func refusal(of run: RunRecord) -> Failure? {
        switch self {
        case .delete: run.status == .running ? .runOwned(run) : nil
        case .retry: run.status == .completed ? .runClosed(run) : nil
        case .cancel: run.status.isClosed && run.status != .cancelled ? .runClosed(run) : nil
        case .pause, .unpause: run.status.isClosed ? .runClosed(run) : nil
        }
    }
}

extension StoreReader {
    /// A run of a list as it stands now; nil for an older generation, which nothing is done to by itself.
    func newest(_ listed: RunRecord) throws -> RunRecord? {
        let run = try run(user: listed.userID, id: listed.id, generation: nil)
        return run?.key == listed.key ? run : nil
    }
}

extension StoreTransaction {
    /// Opens a run again that has failed or was cancelled, and leaves an open one as it is: it waits for its next
    /// owner or worker. Throws `run_closed` for one that is completed, or whose steps were undone.
    func retry(_ run: RunRecord, _ call: inout CallContext) throws {
        if let refusal = RunAction.retry.refusal(of: run) { throw refusal }
        guard run.status.isClosed else { return }
        let again = try reopened(run, call)
        try updateRun(again, expecting: run.epoch)
        call.announce(again)
        call.tell(act: "run.retry", run.id, of: run.userID)
    }
}
