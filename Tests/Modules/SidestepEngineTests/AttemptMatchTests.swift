import SidestepModel
import Testing

@testable import SidestepEngine

@Suite struct AttemptMatchTests {
    @Test("a message about a step never heard of is its first attempt's")
    func unheard() {
        #expect(AttemptMatch(nil, presented: nil) == .current(1))
        #expect(AttemptMatch(nil, presented: 3) == .current(3))
    }

    @Test("while an attempt runs, older ones are superseded and the message means the last one begun")
    func running() {
        let step = step(.running, attempt: 3)
        #expect(AttemptMatch(step, presented: nil) == .current(3))
        #expect(AttemptMatch(step, presented: 3) == .current(3))
        #expect(AttemptMatch(step, presented: 2) == .superseded)
    }

    @Test("in back-off the failed attempt is over, one that was only cut off is not")
    func backoff() {
        let failed = step(.backoff, attempt: 3)
        #expect(AttemptMatch(failed, presented: 2) == .superseded)
        #expect(AttemptMatch(failed, presented: nil) == .superseded)
        #expect(AttemptMatch(failed, presented: 3) == .current(3), "its begin was lost")
        let cut = step(.backoff, attempt: 3, isInterrupted: true)
        #expect(AttemptMatch(cut, presented: 2) == .current(2))
        #expect(AttemptMatch(cut, presented: nil) == .current(2))
        #expect(AttemptMatch(cut, presented: 1) == .superseded)
    }

    @Test("what repeats the recorded attempt is a repetition, everything else is too late")
    func finished() {
        for status in [StepStatus.completed, .failed] {
            #expect(AttemptMatch(step(status, attempt: 2), presented: 2) == .recorded)
            #expect(AttemptMatch(step(status, attempt: 2), presented: nil) == .recorded)
            #expect(AttemptMatch(step(status, attempt: 2), presented: 1) == .superseded)
        }
    }

    private func step(_ status: StepStatus, attempt: Int64, isInterrupted: Bool = false) -> StepRecord {
        var step = StepRecord(run: 1, name: "s", now: Instant(milliseconds: 0), status: status)
        step.attempt = attempt
        step.isInterrupted = isInterrupted
        return step
    }
}
