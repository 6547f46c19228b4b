import SidestepModel
import SidestepProtocol

/// About a run without an owner.
struct QueueFindings {
    private let facts: RunFacts
    private var run: RunRecord { facts.run }
    private var queue: QueueRecord { facts.queue.record }
    private var workers: WorkerFacts { facts.queue.workers }

    init(_ facts: RunFacts) { self.facts = facts }

    var all: [Finding] {
        let loss = interrupted.map { [$0] } ?? []
        if facts.steps.supervisor != nil || isSupervised { return loss }
        if let wait = delay { return [wait] + loss.map(\.fact) }
        return [claim] + loss.map(\.fact) + (startDeadline.map { [$0] } ?? [])
    }

    /// Whether the daemon itself is about to run its program.
    private var isSupervised: Bool {
        facts.open.contains { $0.name == StepRecord.supervisor && $0.executor != nil }
    }

    // MARK: What it waits for

    private var delay: Finding? {
        guard let next = run.nextAttempt, next > facts.now else { return nil }
        let span = facts.until(next)
        let later = "A worker may have it in \(span)."
        if run.interruptions > 1 {
            return Finding(
                .crashBackoff, "It is handed out again after a pause, in \(span): its owners keep dying.",
                next: later)
        }
        return run.attempt > 1
            ? Finding(.runBackoff, "Attempt \(run.attempt) of it begins in \(span).", next: later)
            : Finding(.delayed, "It was to begin later: in \(span).", next: later)
    }

    /// The first thing that keeps it from a worker.
    private var claim: Finding {
        if queue.isPaused { return paused }
        if workers.serving == 0 { return noWorker }
        return full ?? keyFull ?? rate ?? (workers.idle == 0 ? busy : ready)
    }

    private var place: String {
        switch facts.queue.before {
        case 0: "it is the next one"
        case 1: "one run goes before it"
        default: "\(facts.queue.before) runs go before it"
        }
    }

    private static let resumed = "It goes on as soon as a worker claims it or a process resumes it."

    private var paused: Finding {
        Finding(
            .queuePaused, "The queue '\(queue.name)' is paused.",
            next: "Nothing until the queue is unpaused.",
            command: facts.asOwner(ShellText.sidestep("queue unpause", queue.name)))
    }

    private var noWorker: Finding {
        let what = "serves queue '\(queue.name)' and has workflow '\(run.workflow)'"
        guard let version = run.placement.pinnedVersion else {
            return Finding(.noWorker, "No worker is connected that \(what).", next: Self.resumed)
        }
        let others = workers.otherVersions
        return Finding(
            others.isEmpty ? .noWorker : .otherVersion,
            "No worker is connected that \(what) with code version '\(version)'"
                + (others.isEmpty ? "." : ": those that are have \(Wording.names(others))."),
            next: Self.resumed)
    }

    private var full: Finding? {
        guard let limit = queue.concurrency, facts.queue.owned >= limit else { return nil }
        let owners = Wording.names(facts.queue.owners, of: facts.queue.owned)
        return Finding(
            .queueFull,
            "The queue '\(queue.name)' is at its limit of \(limit) runs: \(owners) have owners; \(place).",
            next: "It goes to a worker when runs of the queue let go.",
            command: put { $0.concurrency = facts.queue.owned + facts.queue.before + 1 })
    }

    private var keyFull: Finding? {
        guard let limit = queue.keyConcurrency, let key = run.placement.concurrencyKey,
            facts.queue.ownedOfKey >= limit
        else { return nil }
        let owners = Wording.names(facts.queue.ownersOfKey, of: facts.queue.ownedOfKey)
        return Finding(
            .keyFull,
            "The queue '\(queue.name)' lets \(limit) runs of key '\(key)' have owners: \(owners) do.",
            next: "It goes to a worker when a run of that key lets go.",
            command: put { $0.keyConcurrency = facts.queue.ownedOfKey + 1 })
    }

    private var rate: Finding? {
        var bucket = queue.bucket
        guard let rate = queue.rate, let again = bucket.take(rate, at: facts.now) else { return nil }
        return Finding(
            .queueRate,
            "The queue '\(queue.name)' hands out \(Wording.rate(rate)), the next one in "
                + "\(facts.until(again)); \(place).",
            next: "It goes to a worker when its turn comes.",
            command: put { $0.rate?.count *= 2 })
    }

    private func put(_ change: (inout QueueRecord) -> Void) -> String {
        var changed = queue
        change(&changed)
        let options =
            [("--concurrency", changed.concurrency), ("--key-concurrency", changed.keyConcurrency)].flatMap {
                name, value in value.map { [name, "\($0)"] } ?? []
            } + Rate.options(changed.rate)
        return facts.asOwner(ShellText.sidestep("queue put", queue.name, options: options))
    }

    private var busy: Finding {
        let count = workers.serving
        return Finding(
            .workersBusy,
            "\(count == 1 ? "The one connected worker" : "All \(count) connected workers") that would take it "
                + "\(count == 1 ? "has a run" : "have runs"); \(place).", next: Self.resumed)
    }

    private var ready: Finding {
        Finding(
            .ready,
            "\(workers.serving) connected workers serve queue '\(queue.name)' and have workflow '\(run.workflow)'; "
                + "\(place).", next: Self.resumed)
    }

    // MARK: How it came to this

    private var interrupted: Finding? {
        let cause = facts.entries[.runInterrupted]?.detail.map(RawJSON.init(validated:))?["cause"]?.string
        if run.interruptions > 0 {
            return Finding(
                .interrupted,
                "Its owner was lost \(run.interruptions) times without progress\(cause.map { " (\($0))" } ?? ""); "
                    + "more than \(run.maxInterruptions) pause it.", next: Self.resumed)
        }
        guard run.status == .interrupted else { return nil }
        return Finding(
            .interrupted, "Its owner is gone\(cause.map { " (\($0))" } ?? "").", next: Self.resumed)
    }

    private var startDeadline: Finding? {
        run.placement.startDeadline.map {
            Finding(.startDeadline, "A worker has to claim it within \(facts.until($0)), or it fails.")
        }
    }
}

extension Rate {
    /// The spans that have a name of their own.
    private static let units: [Int64: String] = [1000: "s", 60_000: "min", 3_600_000: "h", 86_400_000: "d"]

    /// The options of the command line tool that put it.
    static func options(_ rate: Rate?) -> [String] {
        guard let rate else { return [] }
        let unit = units[rate.milliseconds] ?? "\(rate.milliseconds)ms"
        return ["--rate", "\(rate.count)/\(unit)"]
            + (rate.burst.map { ["--burst", "\($0)"] } ?? [])
    }
}
