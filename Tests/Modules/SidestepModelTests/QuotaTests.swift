import SidestepModel
import Testing

@Suite("What a user may keep")
struct QuotaTests {
    private func limit(
        runs: Int = 0, bytes: Int = 0, has found: Int64, stored: Int64? = nil, isChild: Bool = false
    ) -> String? {
        var limits = Limits()
        (limits.userRuns, limits.userStoredBytes) = (runs, bytes)
        return QuotaRule(limits).refusal(runs: found, bytes: stored, isChild: isChild)?.limit
    }

    @Test("is without limit unless somebody sets one")
    func none() {
        #expect(!QuotaRule(Limits()).isSet)
        #expect(limit(has: .max, stored: .max) == nil)
    }

    @Test("has room for one more run below the number, and at it for none")
    func runs() {
        #expect(limit(runs: 3, has: 2) == nil)
        #expect(limit(runs: 3, has: 3) == "user_runs")
        #expect(limit(runs: 3, has: 4) == "user_runs")
    }

    @Test("is looked at in bytes once they were counted")
    func bytes() {
        #expect(limit(bytes: 100, has: 9) == nil)
        #expect(limit(bytes: 100, has: 9, stored: 99) == nil)
        #expect(limit(bytes: 100, has: 9, stored: 100) == "user_stored_bytes")
    }

    @Test("is twice as much for children of open runs, so that what has begun can end")
    func children() {
        #expect(limit(runs: 3, has: 5, isChild: true) == nil)
        #expect(limit(runs: 3, has: 6, isChild: true) == "user_runs")
        #expect(limit(bytes: 100, has: 1, stored: 199, isChild: true) == nil)
        #expect(limit(bytes: 100, has: 1, stored: 200, isChild: true) == "user_stored_bytes")
    }

    @Test("says how much there may be and how much there is")
    func figures() {
        var limits = Limits()
        limits.userRuns = 3
        let refusal = QuotaRule(limits).refusal(runs: 7, bytes: nil, isChild: false)
        #expect(refusal?.maximum == 3)
        #expect(refusal?.found == 7)
    }
}
