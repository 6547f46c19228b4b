import SidestepModel
import SidestepProtocol

extension [TimelineLife] {
    /// The lives of a run, from the entries of its journal, the oldest first.
    init(_ entries: [JournalEntry]) {
        self = []
        for entry in entries {
            if entry.kind == JournalKind.leaseGranted.rawValue {
                end(at: entry.at, "taken_over")
                append(TimelineLife(granted: entry))
            } else if let end = entry.endOfLife {
                self.end(at: entry.at, end)
            }
        }
    }

    private mutating func end(at moment: Instant, _ end: String) {
        guard let last = indices.last, self[last].until == nil else { return }
        self[last].until = moment
        self[last].end = end
    }
}

extension TimelineLife {
    fileprivate init(granted entry: JournalEntry) {
        let detail = entry.detail.map(RawJSON.init(validated:))
        self.init(
            epoch: detail?["epoch"]?.integer ?? 0, owner: detail?["owner"]?.string,
            pid: detail?["pid"]?.integer, uid: detail?["uid"]?.integer, from: entry.at)
    }
}

extension JournalEntry {
    /// How the life ended that was until this entry; nil when it goes on.
    fileprivate var endOfLife: String? {
        switch JournalKind(rawValue: kind) {
        case .runInterrupted:
            detail.map(RawJSON.init(validated:))?["cause"]?.string ?? "died"
        case .runCompleted, .runFailed, .runCancelled, .runPaused, .runReleased, .runSuspended:
            String(kind.dropFirst("run.".count))
        default: nil
        }
    }
}
