import SidestepModel

/// About the steps of a run that have no outcome, and those that wait to begin.
struct StepFindings {
    private let facts: RunFacts
    private var id: String { facts.run.id }

    init(_ facts: RunFacts) { self.facts = facts }

    var all: [Finding] {
        let open = facts.open.map(finding)
        let begun = Set(facts.open.filter { $0.status == .running }.map(\.name))
        let parked = facts.steps.parked.filter { !begun.contains($0.step) }.compactMap(finding)
        let refused = facts.steps.refused.filter { !begun.contains($0.step) }.compactMap(finding)
        // What does not go on by itself comes first.
        return refused + parked + open.filter { $0.command != nil } + open.filter { $0.command == nil }
    }

    // MARK: Not begun

    private func finding(_ parked: ParkedStep) -> Finding? {
        facts.steps.limits[parked.limit].map { LimitFinding(facts, $0, parked.step).finding }
    }

    private func finding(_ refused: RefusedStep) -> Finding? {
        guard let record = facts.steps.breakers.first(where: { $0.name == refused.breaker }),
            record.breaker.state != .closed
        else { return nil }
        let breaker = record.breaker
        let left = breaker.opened.map { $0.advanced(byMilliseconds: breaker.cooldownMilliseconds) }
        let until =
            breaker.state == .halfOpen
            ? "one call tries now whether it may close"
            : "for \(left.map(facts.until) ?? "a while") more"
        return Finding(
            .breakerOpen,
            "Breaker '\(record.name)' is open after \(breaker.failures) failures in a row, \(until); "
                + "it refused step '\(refused.step)'.",
            next: "It lets one call through then, and closes when that succeeds.",
            command: facts.asHolder(of: record.userID, ShellText.sidestep("breaker reset", record.name)))
    }

    // MARK: Begun

    private func finding(_ step: StepRecord) -> Finding {
        switch step.status {
        case .unknown: unknown(step)
        case .backoff where step.isGivenUpWait: givenUp(step)
        case .backoff: step.name == StepRecord.supervisor ? supervisor(step) ?? backoff(step) : backoff(step)
        case .waiting: WaitFinding(facts, step).finding
        default: running(step)
        }
    }

    private func unknown(_ step: StepRecord) -> Finding {
        Finding(
            .stepUnknown,
            "Step '\(step.name)' may or may not have happened: its process died inside it "
                + "\(facts.since(step.begun)) ago.",
            next: "Somebody has to look whether it happened, and say so: --completed JSON, --failed TEXT, "
                + "or --rerun if it did not.",
            command: ShellText.sidestep("resolve", id, step.name, options: ["--rerun"]))
    }

    private func givenUp(_ step: StepRecord) -> Finding {
        Finding(
            .waitGivenUp,
            "Step '\(step.name)' is a wait that was given up.",
            next: "Its owner goes on; a wait under the same name takes it up again.")
    }

    private func backoff(_ step: StepRecord) -> Finding {
        let wait = step.nextAttempt.map(facts.until) ?? "0 s"
        return Finding(
            .stepBackoff, "Step '\(step.name)' is tried again (attempt \(step.attempt)) in \(wait).",
            next: "Its owner tries the step again.")
    }

    private func supervisor(_ step: StepRecord) -> Finding? {
        guard let supervisor = facts.steps.supervisor else { return nil }
        let wait = step.nextAttempt.map(facts.until) ?? "0 s"
        return Finding(
            .supervisorFailing,
            "The daemon cannot keep its supervisor running: \(supervisor.problem); tried again in \(wait) "
                + "(attempt \(step.attempt)).",
            next: "The daemon tries again; or its program is run from here.",
            command: facts.asOwner(
                ShellText.line(
                    ["sidestep", "run"] + ShellText.option("--id", id) + ["--allow-change", "--"]
                        + supervisor.program)))
    }

    private func running(_ step: StepRecord) -> Finding {
        let age = "since \(facts.since(step.begun)) (attempt \(step.attempt))"
        if facts.steps.waitingForDaemon.contains(step.key) {
            return Finding(
                .executionWaits,
                "Step '\(step.name)' waits its turn \(age): the daemon has as much under way as it may.",
                next: "The daemon executes it when something else is done.")
        }
        let who = step.executor == nil ? "Its owner" : "The daemon"
        return Finding(
            .stepRunning, "Step '\(step.name)' runs \(age)\(quiet(step))\(limit(step)).",
            next: "\(who) finishes the step.")
    }

    /// A body may take its time; who wonders is told when its process was last heard of.
    private func quiet(_ step: StepRecord) -> String {
        guard step.executor == nil, step.holder == facts.run.lease?.owner.process,
            let last = facts.owner.lastCall, facts.now.milliseconds(since: last) >= OwnerFindings.silence
        else { return "" }
        return ", without a call for \(facts.since(last))"
    }

    private func limit(_ step: StepRecord) -> String {
        step.attemptDeadline.map { ", for \(facts.until($0)) more at most" } ?? ""
    }
}

/// About a step that waits for a limit.
struct LimitFinding {
    private let facts: RunFacts
    private let limit: LimitFacts
    private let step: String

    init(_ facts: RunFacts, _ limit: LimitFacts, _ step: String) {
        (self.facts, self.limit, self.step) = (facts, limit, step)
    }

    var finding: Finding { full ?? rate }

    private var full: Finding? {
        let record = limit.record
        guard let concurrency = record.concurrency, limit.holders >= concurrency else { return nil }
        let names = limit.names.isEmpty ? "" : ": \(limit.names.joined(separator: ", "))"
        let others = limit.holders - Int64(limit.names.count)
        return Finding(
            .limitFull,
            "Step '\(step)' waits for room in limit '\(record.name)', which \(limit.holders) of \(concurrency) steps "
                + "hold\(names)\(others > 0 && !limit.names.isEmpty ? " and \(others) more" : "").",
            next: "It begins when one of them ends\(administrators).",
            command: put { $0.concurrency = limit.holders + Int64(facts.steps.parked.count) })
    }

    private var rate: Finding {
        var bucket = limit.record.bucket
        let again = limit.record.rate.flatMap { bucket.take($0, at: facts.now) }
        let allowed = limit.record.rate.map { " lets \(Wording.rate($0)) begin" } ?? " lets it through now"
        return Finding(
            .limitRate,
            "Step '\(step)' waits for limit '\(limit.record.name)', which\(allowed); "
                + "the next one in \(again.map(facts.until) ?? "0 s").",
            next: "It begins when its turn comes\(administrators).", command: put { $0.rate?.count *= 2 })
    }

    private var administrators: String {
        limit.record.userID == LimitRecord.everybody && !facts.caller.isAdministrator
            ? ", or an administrator raises the limit" : ""
    }

    private func put(_ change: (inout LimitRecord) -> Void) -> String? {
        var changed = limit.record
        change(&changed)
        let options =
            (changed.concurrency.map { ["--concurrency", "\($0)"] } ?? []) + Rate.options(changed.rate)
        return facts.asHolder(
            of: limit.record.userID, ShellText.sidestep("limit put", limit.record.name, options: options))
    }
}

/// About a step that is a wait.
struct WaitFinding {
    private let facts: RunFacts
    private let step: StepRecord

    init(_ facts: RunFacts, _ step: StepRecord) { (self.facts, self.step) = (facts, step) }

    var finding: Finding {
        let next =
            facts.run.status == .waiting
            ? "It goes to a worker when what it waits for comes." : "It goes on when what it waits for comes."
        return Finding(
            reason, "Step '\(step.name)' \(what) since \(facts.since(step.begun))\(end).", next: next,
            command: command)
    }

    private var first: WaitCondition? { step.awaited.first }

    private var reason: RunReason {
        switch first?.kind {
        case .signal: .awaitsSignal
        case .promise: .awaitsPromise
        case .run: .awaitsRun
        case nil: .awaitsTime
        }
    }

    private var what: String {
        let names = step.awaited.map {
            "\($0.kind == .run ? "the end of run" : $0.kind.rawValue) '\($0.name)'"
        }
        return names.isEmpty ? "sleeps" : "waits for \(names.joined(separator: " or "))"
    }

    private var end: String {
        step.attemptDeadline.map { ", for \(facts.until($0)) more" } ?? ""
    }

    /// How a person answers, or where to look on.
    private var command: String? {
        if let question = step.awaited.first(where: { $0.kind != .run }) {
            return ShellText.sidestep("approve", facts.run.id, question.name)
        }
        return first.map { ShellText.sidestep("why", $0.name) }
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
