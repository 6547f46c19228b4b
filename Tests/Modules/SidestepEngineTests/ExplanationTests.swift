import SidestepModel
import Testing

@testable import SidestepEngine

@Suite("An explanation")
struct ExplanationTests {
    private static let now = Instant(milliseconds: 10_000_000)
    private static let process = ProcessIdentity(pid: 7, startTicks: 1)
    private static let user = Peer(uid: 1000, process: process, isAdministrator: false)
    private static let root = Peer(uid: 0, process: process, isAdministrator: true)

    private func facts(
        _ status: RunStatus, _ reason: PauseReason? = nil, open: [StepRecord] = [], by caller: Peer = user,
        _ change: (inout RunFacts) -> Void = { _ in }
    ) -> RunFacts {
        var run = RunRecord(
            key: 1, id: "r", userID: 1000, generation: 1, uid: "u", workflow: "w", now: Self.now,
            status: status)
        run.reason = reason
        if status == .running {
            let owner = Owner(kind: .connection, process: Self.process, uid: 1000, since: Self.now)
            run.lease = HeldLease(owner: owner, session: 1, expires: nil, boot: "b", grantedSequence: 1)
        }
        var facts = RunFacts(
            run: run, open: open, now: Self.now, caller: caller,
            queue: QueueFacts(QueueRecord(userID: 1000, name: "default")))
        change(&facts)
        return facts
    }

    private func step(_ status: StepStatus) -> StepRecord {
        StepRecord(key: 1, run: 1, name: "s", now: Self.now, status: status)
    }

    @Test("has a reason, a sentence about it, and what comes next, wherever a run and its step stand")
    func complete() {
        let pauses: [PauseReason?] = [nil, .operator, .crashLoop, .budget, .unknownStep, .codeVersion]
        for status in RunStatus.allCases {
            for pause in status == .paused ? pauses : [nil] {
                for open in [[]] + StepStatus.allCases.filter({ !$0.isFinished }).map({ [step($0)] }) {
                    let explanation = Explanation(facts(status, pause, open: open))
                    #expect(!explanation.reasons.isEmpty)
                    #expect(explanation.sentences.count > explanation.reasons.count)
                    #expect(
                        !explanation.next.isEmpty && explanation.next != "Nothing by itself.", "\(status)")
                    #expect(explanation.sentences.allSatisfy { $0.hasSuffix(".") })
                    if status == .paused { #expect(explanation.command != nil) }
                }
            }
        }
    }

    @Test("puts what a person has to settle before what brings itself about")
    func importance() {
        let unknown = Explanation(facts(.queued, open: [step(.running), step(.unknown)]))
        #expect(unknown.reasons.first == .stepUnknown)
        #expect(unknown.command == "sidestep resolve r s --rerun")
        let full = Explanation(
            facts(.running, open: [step(.running)]) { $0.storage = .full })
        #expect(full.reasons.first == .storage)
        let stopped = Explanation(facts(.running, open: [step(.running)]) { $0.owner.isStopped = true })
        #expect(stopped.command == "kill -CONT 7")
    }

    @Test("names commands as the user whose queue it is, for an administrator")
    func administrators() {
        let paused = facts(.queued, by: Self.root) { $0.queue.record.isPaused = true }
        #expect(Explanation(paused).command == "sudo -u '#1000' sidestep queue unpause default")
    }

    @Test("lets nobody but administrators change everybody's limit")
    func everybodysLimit() {
        let limited = { (caller: Peer) in
            facts(.running, by: caller) { facts in
                var record = LimitRecord(userID: LimitRecord.everybody, name: "l")
                record.concurrency = 1
                facts.steps.parked = [ParkedStep(run: 1, step: "s", limit: 3)]
                facts.steps.limits[3] = LimitFacts(record: record, holders: 1, names: [])
            }
        }
        let told = Explanation(limited(Self.user))
        #expect(told.reasons.first == .limitFull)
        #expect(told.command == "sidestep pause r")
        #expect(told.next.contains("an administrator raises the limit"))
        #expect(Explanation(limited(Self.root)).command == "sidestep limit put l --concurrency 2")
    }
}
