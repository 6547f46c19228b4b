import Testing

@testable import SidestepModel

/// Every event in every status: what it changes of a record, and that it changes nothing else.
@Suite("What happens to a step")
struct StepTransitionTests {
    /// From where an event is possible, where it leads, and what else it changes.
    private struct Rule {
        let event: StepEvent
        let from: [StepStatus]
        let to: StepStatus
        let changes: [String: String]
    }

    /// Nobody executes it any more.
    private static let left = [
        "holder": "nil", "hasHold": "false", "attemptDeadline": "nil", "deadlineKind": "nil",
    ]
    private static let calm = left.adding(["isInterrupted": "false"])
    private static let again = calm.adding(["attempt": "4", "nextAttempt": "900"])
    private static let over = calm.adding(["executor": "nil", "nextAttempt": "nil", "finished": "500"])

    private static let rules = [
        Rule(
            event: .begun, from: [.running, .backoff], to: .running,
            changes: [
                "isInterrupted": "false", "begun": "500", "attemptDeadline": "600",
                "deadlineKind": "start_to_close",
            ]),
        Rule(event: .completed, from: [.running, .backoff, .unknown], to: .completed, changes: over),
        Rule(
            event: .failedForGood, from: [.running, .backoff, .unknown], to: .failed,
            changes: over.adding(["failures": "3"])),
        Rule(
            event: .failedWithRetry, from: [.running, .backoff, .unknown], to: .backoff,
            changes: again.adding(["failures": "3"])),
        Rule(
            event: .interrupted, from: [.running], to: .backoff,
            changes: again.adding(["isInterrupted": "true"])),
        Rule(
            event: .lostAtMostOnce, from: [.running], to: .unknown,
            changes: left.adding(["isInterrupted": "true", "executor": "nil"])),
        Rule(event: .woken, from: [.waiting], to: .completed, changes: over),
        Rule(
            event: .waitGivenUp, from: [.waiting], to: .backoff,
            changes: ["finished": "nil", "nextAttempt": "400", "attemptDeadline": "nil"]),
        Rule(
            event: .unseenGivenBack, from: [.completed], to: .backoff,
            changes: ["finished": "nil", "nextAttempt": "400", "attemptDeadline": "nil"]),
        Rule(
            event: .waitedAgain, from: [.backoff], to: .waiting,
            changes: ["begun": "500", "nextAttempt": "nil", "attemptDeadline": "300"]),
        Rule(event: .resolvedRerun, from: [.unknown], to: .backoff, changes: again),
        Rule(event: .resolvedCompleted, from: [.unknown], to: .completed, changes: over),
        Rule(event: .resolvedFailed, from: [.unknown], to: .failed, changes: over),
        Rule(
            event: .forgotten, from: [.failed], to: .backoff,
            changes: again.adding(["failures": "0", "finished": "nil"])),
    ]

    /// A step of which nothing is as an event would leave it.
    private func step(_ status: StepStatus, isInterrupted: Bool) -> StepRecord {
        var step = StepRecord(run: 1, name: "s", now: Instant(milliseconds: 100), status: status)
        step.attempt = 3
        step.failures = 2
        step.isInterrupted = isInterrupted
        step.holder = ProcessIdentity(pid: 7, startTicks: 1)
        step.timeouts = Timeouts(startToClose: 100)
        step.begun = Instant(milliseconds: 101)
        step.finished = Instant(milliseconds: 200)
        step.nextAttempt = Instant(milliseconds: 300)
        step.attemptDeadline = Instant(milliseconds: 400)
        step.deadlineKind = "heartbeat"
        step.hasHold = true
        step.executor = .exec
        return step
    }

    @Test("is what the table says, from each status where it can happen", arguments: StepStatus.allCases)
    func possible(status: StepStatus) {
        for rule in Self.rules where rule.from.contains(status) {
            let before = step(status, isInterrupted: rule.changes["isInterrupted"] == "false")
            let after = before.after(
                rule.event, at: Instant(milliseconds: 500), next: Instant(milliseconds: 900))
            #expect(after?.status == rule.to, "\(status) \(rule.event)")
            #expect(changes(before, after) == rule.changes, "\(status) \(rule.event)")
        }
    }

    @Test("cannot happen from any other status", arguments: StepStatus.allCases)
    func impossible(status: StepStatus) {
        #expect(Set(Self.rules.map(\.event)) == Set(StepEvent.allCases))
        for rule in Self.rules where !rule.from.contains(status) {
            let before = step(status, isInterrupted: false)
            #expect(
                before.after(rule.event, at: Instant(milliseconds: 500)) == nil, "\(status) \(rule.event)")
        }
    }
}

@Suite("What happens to a run")
struct RunTransitionTests {
    private struct Rule {
        let event: RunEvent
        /// From where it is possible, and where it leads.
        let ways: [RunStatus: RunStatus]
        let changes: [String: String]
    }

    private static let open: [RunStatus] = [.queued, .running, .waiting, .interrupted, .paused]
    /// Every event is a change, and only a paused run has a reason.
    private static let changed = ["reason": "nil", "updated": "500"]
    private static let away = changed.adding(["lease": "nil", "ownedMilliseconds": "350"])
    private static let gone = away.adding(["secretHash": "nil"])
    private static let granted = gone.adding(["epoch": "8", "nextAttempt": "nil", "placement": "changed"])
    private static let over = gone.adding(["nextAttempt": "nil", "closed": "500"])

    private static func from(_ statuses: [RunStatus], _ to: RunStatus) -> [RunStatus: RunStatus] {
        Dictionary(uniqueKeysWithValues: statuses.map { ($0, to) })
    }

    private static let rules = [
        Rule(
            event: .granted, ways: from([.queued, .interrupted, .waiting], .running), changes: granted),
        Rule(event: .takenOver, ways: from([.running], .running), changes: granted),
        Rule(event: .cameBack, ways: from([.interrupted], .running), changes: changed),
        Rule(
            event: .released, ways: from([.running], .queued), changes: gone.adding(["nextAttempt": "nil"])),
        Rule(
            event: .interrupted, ways: from([.running], .interrupted),
            changes: gone.adding(["nextAttempt": "nil"])),
        Rule(
            event: .cutOff, ways: from([.running], .interrupted), changes: away.adding(["nextAttempt": "nil"])
        ),
        Rule(
            event: .paused, ways: from([.queued, .running, .waiting, .interrupted], .paused), changes: gone),
        Rule(
            event: .unpaused, ways: from([.paused], .queued),
            changes: changed.adding(["isExhausted": "false", "interruptions": "0", "nextAttempt": "nil"])),
        Rule(
            event: .suspended, ways: from([.running], .waiting), changes: gone.adding(["nextAttempt": "nil"])),
        Rule(event: .woken, ways: from([.waiting], .queued), changes: changed),
        Rule(
            event: .retried, ways: from([.running], .running),
            changes: changed.adding(["attempt": "4", "nextAttempt": "900"])),
        Rule(
            event: .offeredForUndoing,
            ways: [.waiting: .queued, .paused: .queued, .queued: .queued, .interrupted: .interrupted],
            changes: changed.adding(["nextAttempt": "nil"])),
        Rule(event: .completed, ways: from([.running], .completed), changes: over),
        Rule(event: .failed, ways: from([.running], .failed), changes: over),
        Rule(event: .cancelled, ways: from(open, .cancelled), changes: over),
        Rule(event: .expired, ways: from(open, .failed), changes: over),
        Rule(
            event: .reopened, ways: from([.failed, .cancelled], .queued),
            changes: changed.adding([
                "closed": "nil", "cancellation": "nil", "attempt": "4", "interruptions": "0",
                "deadline": "nil",
            ])),
    ]

    /// A run of which nothing is as an event would leave it; its delay is over, and so is its deadline.
    private func run(_ status: RunStatus) -> RunRecord {
        var run = RunRecord(
            key: 1, id: "r", userID: 1000, generation: 1, uid: "u", workflow: "w",
            now: Instant(milliseconds: 100), status: status)
        run.reason = .operator
        run.attempt = 3
        run.interruptions = 2
        run.epoch = 7
        let owner = Owner(
            kind: .connection, process: ProcessIdentity(pid: 7, startTicks: 1), uid: 1000,
            since: Instant(milliseconds: 200))
        run.lease = HeldLease(owner: owner, session: 1, expires: nil, boot: "b", grantedSequence: 1)
        run.ownedMilliseconds = 50
        run.secretHash = [1]
        run.deadline = Instant(milliseconds: 450)
        run.nextAttempt = Instant(milliseconds: 460)
        run.placement.startDeadline = Instant(milliseconds: 470)
        run.cancellation = Cancellation(
            requested: Instant(milliseconds: 1), final: Instant(milliseconds: 2), reason: nil)
        run.isExhausted = true
        run.closed = Instant(milliseconds: 480)
        return run
    }

    @Test("is what the table says, from each status where it can happen", arguments: RunStatus.allCases)
    func possible(status: RunStatus) {
        for rule in Self.rules {
            guard let to = rule.ways[status] else { continue }
            let before = run(status)
            let after = before.after(
                rule.event, at: Instant(milliseconds: 500), next: Instant(milliseconds: 900))
            #expect(after?.status == to, "\(status) \(rule.event)")
            #expect(changes(before, after) == rule.changes, "\(status) \(rule.event)")
        }
    }

    @Test("cannot happen from any other status", arguments: RunStatus.allCases)
    func impossible(status: RunStatus) {
        #expect(Set(Self.rules.map(\.event)) == Set(RunEvent.allCases))
        for rule in Self.rules where rule.ways[status] == nil {
            #expect(
                run(status).after(rule.event, at: Instant(milliseconds: 500)) == nil,
                "\(status) \(rule.event)")
        }
    }

    @Test("leaves a delay that is not over, and a deadline that is to come")
    func future() {
        var run = run(.running)
        run.nextAttempt = Instant(milliseconds: 501)
        for event in [RunEvent.released, .interrupted, .cutOff] {
            #expect(run.after(event, at: Instant(milliseconds: 500))?.nextAttempt == run.nextAttempt)
        }
        var failed = self.run(.failed)
        failed.deadline = Instant(milliseconds: 501)
        #expect(failed.after(.reopened, at: Instant(milliseconds: 500))?.deadline == failed.deadline)
    }
}

/// The stored values in which two records differ, as the second one has them; of a status only `to` of a rule tells.
private func changes<Record>(_ before: Record, _ after: Record?) -> [String: String] {
    guard let after else { return [:] }
    var found: [String: String] = [:]
    for (old, new) in zip(Mirror(reflecting: before).children, Mirror(reflecting: after).children) {
        guard let name = new.label, name != "status", "\(old.value)" != "\(new.value)" else { continue }
        found[name] = text(new.value)
    }
    return found
}

private func text(_ value: Any) -> String {
    let mirror = Mirror(reflecting: value)
    if mirror.displayStyle == .optional { return mirror.children.first.map { text($0.value) } ?? "nil" }
    if let instant = value as? Instant { return "\(instant.milliseconds)" }
    return value is Placement ? "changed" : "\(value)"
}

extension [String: String] {
    fileprivate func adding(_ more: [String: String]) -> [String: String] {
        merging(more) { _, new in new }
    }
}
