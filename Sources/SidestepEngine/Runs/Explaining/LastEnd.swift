import SidestepModel
import SidestepProtocol

extension RunFacts {
    /// How the last start of the run that has ended came to its end, such as `exit:1`; nil where none has.
    var lastEnd: String? {
        let ends = Self.ends.compactMap { entries[$0] }.filter { !$0.beginsAnew }
        return ends.max { $0.sequence < $1.sequence }.map(\.end)
    }

    /// What the journal says of an owner's end.
    private static let ends: [JournalKind] = [
        .runInterrupted, .runRetried, .runFailed, .runReleased, .runCompleted,
    ]
}

extension JournalEntry {
    private var cause: String? { detail.map(RawJSON.init(validated:))?["cause"]?.string }

    /// Whether the entry before it has said how the start ended.
    fileprivate var beginsAnew: Bool { cause == InterruptionCause.beganAnew.rawValue }

    fileprivate var end: String {
        switch JournalKind(rawValue: kind) {
        case .runInterrupted: return cause ?? InterruptionCause.died.rawValue
        case .runRetried, .runFailed:
            let status = detail.map(RawJSON.init(validated:))?["exit"]?.integer
            return status.map(Self.end(of:)) ?? "failed"
        case .runReleased: return "released"
        default: return "completed"
        }
    }

    /// - Parameter status: what a supervisor reports: 128 + n where signal n ended the program.
    private static func end(of status: Int64) -> String {
        status > 128 ? "signal:\(status - 128)" : "exit:\(status)"
    }
}
