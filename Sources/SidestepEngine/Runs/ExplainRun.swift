import SidestepModel
import SidestepStore

/// Why a run is where it is, and what to do about it.
public struct ExplainRun: Query {
    public let run: String

    public init(run: String) { self.run = run }

    public struct Result {
        public var view: RunView
        /// What is the case, in order of importance.
        public var sentences: [String]
        /// What happens next.
        public var next: String
        /// The command that changes it.
        public var command: String?
        public var unknownSteps: [String]
        public var runningSteps: [String]
    }

    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> Result {
        let run = try store.visibleRun(run, call)
        let open = try store.openSteps(run: run.key)
        let explanation = Explanation(run: run, open: open, now: call.now)
        return Result(
            view: try RunView(run, store), sentences: explanation.sentences,
            next: explanation.next, command: explanation.command,
            unknownSteps: open.filter { $0.status == .unknown }.map(\.name),
            runningSteps: open.filter { $0.status == .running }.map(\.name))
    }
}

/// The sentences about a run: a pure function of what the store knows.
struct Explanation {
    let run: RunRecord
    let open: [StepRecord]
    let now: Instant

    var sentences: [String] {
        [standing, ownership, interruptions].compactMap { $0 } + open.map(describe)
    }

    var next: String {
        switch run.status {
        case .queued, .interrupted: "It goes on as soon as a process resumes it."
        case .waiting: "It goes on when what it waits for arrives."
        case .running: open.isEmpty ? "Its owner works between two steps." : "Its owner finishes the step."
        case .paused: pausedNext
        case .completed: "Nothing: its output is recorded."
        case .failed, .cancelled:
            "Nothing by itself: it can be retried (finished steps are kept) or run anew."
        }
    }

    var command: String? {
        switch run.status {
        case .paused where run.reason == .unknownStep:
            unknown.map { "sidestep resolve \(run.id) \($0.name) --rerun | --completed JSON | --failed TEXT" }
        case .paused: "sidestep unpause \(run.id)"
        case .failed, .cancelled: "sidestep start \(run.id) --if-closed retry"
        case .running: "sidestep pause \(run.id)"
        default: nil
        }
    }

    private var unknown: StepRecord? { open.first { $0.status == .unknown } }

    private var standing: String {
        let since = describe(now.milliseconds(since: run.closed ?? run.updated))
        let reason = run.reason.map { " (\($0.rawValue))" } ?? ""
        return "Run '\(run.id)' of workflow '\(run.workflow)' is \(run.status.rawValue)\(reason) "
            + "since \(since)."
    }

    private var ownership: String? {
        guard let owner = run.lease?.owner else { return nil }
        let since = describe(now.milliseconds(since: owner.since))
        return "Process \(owner.process.pid) of uid \(owner.uid) owns it (\(owner.kind.rawValue)) "
            + "since \(since)."
    }

    private var interruptions: String? {
        guard run.interruptions > 0 else { return nil }
        return "Its owner was lost \(run.interruptions) times without progress; "
            + "more than \(run.maxInterruptions) pause it."
    }

    private var pausedNext: String {
        switch run.reason {
        case .unknownStep: "Somebody has to say what the unknown step did."
        case .crashLoop: "Nothing until somebody looks why its owner keeps dying, and unpauses it."
        default: "Nothing until it is unpaused."
        }
    }

    private func describe(_ step: StepRecord) -> String {
        let age = describe(now.milliseconds(since: step.begun))
        switch step.status {
        case .unknown:
            return "Step '\(step.name)' may or may not have happened: its process died inside it \(age) ago."
        case .backoff:
            let wait = step.nextAttempt.map { max(0, $0.milliseconds(since: now)) } ?? 0
            return "Step '\(step.name)' is tried again (attempt \(step.attempt)) in \(describe(wait))."
        default: return "Step '\(step.name)' runs since \(age) (attempt \(step.attempt))."
        }
    }

    private func describe(_ milliseconds: Int64) -> String {
        let seconds = max(0, milliseconds) / 1000
        if seconds < 120 { return "\(seconds) s" }
        return seconds < 7200 ? "\(seconds / 60) min" : "\(seconds / 3600) h"
    }
}
