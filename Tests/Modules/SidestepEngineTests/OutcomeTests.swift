import SidestepModel
import Testing

@testable import SidestepEngine

/// What becomes of a call, and of what it wrote: a rule without I/O.
@Suite struct OutcomeTests {
    private let failure = Failure(.runPaused, "paused")
    private let wait = Wait([.events], until: nil)

    @Test("a failure takes back what was written, unless it says otherwise")
    func refused() {
        #expect(Outcome(thrown: failure).rollback?.kind == .runPaused)
        #expect(Outcome(thrown: KeepingWrites.refused(failure)).rollback == nil)
    }

    @Test("a wait takes back what was written, unless it says otherwise")
    func waits() {
        #expect(Outcome(thrown: wait).rollback != nil)
        #expect(Outcome(thrown: KeepingWrites.waits(wait)).rollback == nil)
        #expect(Outcome.answered(.done([])).rollback == nil)
    }

    @Test("only a part of a long work goes on by itself, and only an answer takes an offer")
    func ends() {
        let all = [
            Outcome.answered(.done([])), Outcome(thrown: failure),
            Outcome(thrown: KeepingWrites.refused(failure)),
            Outcome(thrown: wait), Outcome(thrown: KeepingWrites.waits(wait)),
            Outcome(thrown: KeepingWrites.waits(.turn(7))),
        ]
        #expect(all.map { $0.progress as? Int } == [nil, nil, nil, nil, nil, 7])
        #expect(all.map(\.isAnswer) == [true, false, false, false, false, false])
    }
}
