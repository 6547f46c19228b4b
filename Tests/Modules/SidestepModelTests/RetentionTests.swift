import SidestepModel
import Testing

@Suite struct RetentionTests {
    private let day: Int64 = 86_400_000

    @Test("the most exact rule that fits a run decides")
    func exactness() {
        let policy = RetentionPolicy(
            rules: [
                .init(workflow: nil, status: .failed, keep: .milliseconds(90 * day)),
                .init(workflow: "w", status: nil, keep: .milliseconds(7 * day)),
                .init(workflow: "w", status: .completed, keep: .forever),
            ], standard: .milliseconds(30 * day))
        #expect(policy.keep(workflow: "w", status: .completed) == .forever)
        #expect(policy.keep(workflow: "w", status: .failed) == .milliseconds(7 * day))
        #expect(policy.keep(workflow: "v", status: .failed) == .milliseconds(90 * day))
        #expect(policy.keep(workflow: "v", status: .cancelled) == .milliseconds(30 * day))
        #expect(policy.shortest == 7 * day)
    }

    @Test("a run is over when its span has passed, not a millisecond earlier, and never for ever")
    func over() {
        let policy = RetentionPolicy(rules: [], standard: .milliseconds(day))
        let closed = Instant(milliseconds: 1000)
        let end = closed.advanced(byMilliseconds: day)
        let before = end.advanced(byMilliseconds: -1)
        #expect(policy.isOver(workflow: "w", status: .completed, closed: closed, now: end))
        #expect(!policy.isOver(workflow: "w", status: .completed, closed: closed, now: before))
        let always = RetentionPolicy(rules: [], standard: .forever)
        let late = Instant(milliseconds: .max)
        #expect(!always.isOver(workflow: "w", status: .completed, closed: closed, now: late))
        #expect(always.shortest == nil)
    }
}
