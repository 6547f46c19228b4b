import SidestepModel

/// The sentences about a run: a pure function of what the store knows.
struct Explanation {
    let run: RunRecord
    let open: [StepRecord]
    let now: Instant
    /// Its queue, if somebody put it.
    var queue: QueueRecord?
    /// Connected workers that have code for it and serve its queue.
    var workers = 0
    /// The steps that undid others.
    var compensations: [String] = []

    var sentences: [String] {
        [standing, ownership, ending, undone, hearing, budget, interruptions].compactMap { $0 }
            + open.map(describe)
    }

    var next: String {
        if let cancellation = run.cancellation, !run.status.isClosed {
            let left = describe(cancellation.final.milliseconds(since: now))
            return "Its owner undoes what it did and lets go; in \(left) it is over in any case."
        }
        return switch run.status {
        case .queued, .interrupted: nextOwner
        case .waiting: "It goes to a worker when what it waits for comes."
        case .running: open.isEmpty ? "Its owner works between two steps." : runningNext
        case .paused: pausedNext
        case .completed: "Nothing: its output is recorded."
        case .failed where isUndone, .cancelled where isUndone:
            "Nothing by itself: it can be run anew, or forked before what was undone."
        case .failed, .cancelled:
            "Nothing by itself: it can be retried (finished steps are kept) or run anew."
        }
    }

    var command: String? {
        switch run.status {
        case .paused where run.reason == .unknownStep:
            unknown.map { "sidestep resolve \(run.id) \($0.name) --rerun | --completed JSON | --failed TEXT" }
        case .paused where run.reason == .budget: "sidestep budget get \(run.id); sidestep unpause \(run.id)"
        case .paused: "sidestep unpause \(run.id)"
        case .failed where isUndone, .cancelled where isUndone: "sidestep start \(run.id) --if-closed rerun"
        case .failed, .cancelled: "sidestep start \(run.id) --if-closed retry"
        case .running, .waiting: question ?? "sidestep pause \(run.id)"
        case .queued, .interrupted:
            queue?.isPaused == true ? "sidestep queue unpause \(run.placement.queue)" : nil
        case .completed: nil
        }
    }

    // MARK: The run

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

    private var ending: String? {
        guard let cancellation = run.cancellation else { return nil }
        let since = describe(now.milliseconds(since: cancellation.requested))
        return "It was asked to end \(since) ago" + (cancellation.reason.map { " (\($0))." } ?? ".")
    }

    private var isUndone: Bool { !compensations.isEmpty }

    private var undone: String? {
        if compensations.isEmpty { return nil }
        return "Steps of it were undone by \(compensations.map { "'\($0)'" }.joined(separator: ", "))."
    }

    /// Who would take it.
    private var hearing: String? {
        guard run.status == .queued || run.status == .interrupted else { return nil }
        let place = "queue '\(run.placement.queue)'"
        if queue?.isPaused == true { return "The \(place) is paused." }
        let version = run.placement.pinnedVersion.map { " with code version '\($0)'" } ?? ""
        return workers == 0
            ? "No worker is connected that serves \(place) and has workflow '\(run.workflow)'\(version)."
            : "\(workers) connected workers serve \(place) and have workflow '\(run.workflow)'."
    }

    private var budget: String? { run.isExhausted ? "It has used up its budget." : nil }

    private var interruptions: String? {
        guard run.interruptions > 0 else { return nil }
        return "Its owner was lost \(run.interruptions) times without progress; "
            + "more than \(run.maxInterruptions) pause it."
    }

    private var nextOwner: String {
        if let next = run.nextAttempt, next > now {
            return "A worker may have it in \(describe(next.milliseconds(since: now)))."
        }
        return "It goes on as soon as a worker claims it or a process resumes it."
    }

    private var runningNext: String {
        open.allSatisfy { $0.status == .waiting }
            ? "It goes on when what it waits for comes."
            : "Its owner finishes the step."
    }

    private var pausedNext: String {
        switch run.reason {
        case .unknownStep: "Somebody has to say what the unknown step did."
        case .crashLoop: "Nothing until somebody looks why its owner keeps dying, and unpauses it."
        case .budget: "Nothing until its budget is raised and it is unpaused."
        default: "Nothing until it is unpaused."
        }
    }

    // MARK: Its steps

    private var unknown: StepRecord? { open.first { $0.status == .unknown } }

    /// How to answer what the run waits for, if a person can.
    private var question: String? {
        let names = open.filter { $0.status == .waiting }.flatMap(\.awaited)
        return names.first { $0.kind != .run }.map { "sidestep approve \(run.id) \($0.name)" }
    }

    private func describe(_ step: StepRecord) -> String {
        let age = describe(now.milliseconds(since: step.begun))
        switch step.status {
        case .unknown:
            return "Step '\(step.name)' may or may not have happened: its process died inside it \(age) ago."
        case .backoff where step.isGivenUpWait:
            return "Step '\(step.name)' is a wait that was given up \(age) ago."
        case .backoff:
            let wait = step.nextAttempt.map { max(0, $0.milliseconds(since: now)) } ?? 0
            return "Step '\(step.name)' is tried again (attempt \(step.attempt)) in \(describe(wait))."
        case .waiting: return "Step '\(step.name)' \(waiting(step)) since \(age)\(end(of: step))."
        default: return "Step '\(step.name)' runs since \(age) (attempt \(step.attempt))."
        }
    }

    private func waiting(_ step: StepRecord) -> String {
        let names = step.awaited.map {
            "\($0.kind == .run ? "the end of run" : $0.kind.rawValue) '\($0.name)'"
        }
        return names.isEmpty ? "sleeps" : "waits for \(names.joined(separator: " or "))"
    }

    private func end(of step: StepRecord) -> String {
        guard let deadline = step.attemptDeadline else { return "" }
        return ", for \(describe(max(0, deadline.milliseconds(since: now)))) more"
    }

    private func describe(_ milliseconds: Int64) -> String {
        let seconds = max(0, milliseconds) / 1000
        if seconds < 120 { return "\(seconds) s" }
        return seconds < 7200 ? "\(seconds / 60) min" : "\(seconds / 3600) h"
    }
}

extension StepRecord {
    /// Whether it is a wait that its run does not wait for any more.
    var isGivenUpWait: Bool { status == .backoff && (fingerprint == "time" || !awaited.isEmpty) }

    /// What a wait waits for, as its fingerprint says.
    var awaited: [WaitCondition] {
        (fingerprint ?? "").split(separator: "|").compactMap { part in
            let words = part.split(separator: ":", maxSplits: 1)
            guard words.count == 2, let kind = WaitCondition.Kind(rawValue: String(words[0])) else {
                return nil
            }
            return WaitCondition(kind, String(words[1]))
        }
    }
}
