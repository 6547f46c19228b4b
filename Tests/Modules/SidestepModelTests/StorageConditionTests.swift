import SidestepModel
import Testing

@Suite struct StorageConditionTests {
    private func at(_ time: Int64) -> Instant { Instant(milliseconds: time) }

    @Test("the worse of writing and copying counts, and only a change is one")
    func states() {
        var condition = StorageCondition(since: at(1))
        #expect(condition.state == .ok && condition.message == nil && condition.since == at(1))
        let isFull = condition.met(.full, "no space", in: .writing, at: at(2))
        let isFullAgain = condition.met(.full, "no space again", in: .writing, at: at(3))
        #expect(isFull && !isFullAgain)
        #expect(condition.since == at(2) && condition.message == "no space again")
        let isFailing = condition.met(.failing, "broken", in: .copying, at: at(4))
        #expect(isFailing && condition.state == .failing && condition.message == "broken")
        let isBetter = condition.recovered(.writing, at: at(5))
        let isWell = condition.recovered(.copying, at: at(6))
        #expect(!isBetter && isWell && condition.state == .ok && condition.since == at(6))
        let isWellAgain = condition.recovered(.copying, at: at(7))
        #expect(!isWellAgain)
    }

    @Test("of all pairs of troubles the state is the worse one, whatever comes first")
    func pairs() {
        let rank: [StorageCondition.State] = [.ok, .full, .failing]
        for writing in rank {
            for copying in rank {
                var condition = StorageCondition(since: at(0))
                if copying != .ok { _ = condition.met(copying, "c", in: .copying, at: at(1)) }
                if writing != .ok { _ = condition.met(writing, "w", in: .writing, at: at(1)) }
                let worse = max(rank.firstIndex(of: writing)!, rank.firstIndex(of: copying)!)
                #expect(condition.state == rank[worse])
                #expect((condition.message == nil) == (condition.state == .ok))
            }
        }
    }
}
