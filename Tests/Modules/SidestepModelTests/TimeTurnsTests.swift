import SidestepModel
import Testing

@Suite("A turn by time")
struct TimeTurnsTests {
    @Test("ends when it is used up, and for that user alone")
    func ending() {
        var turns = TimeTurns(length: 100)
        turns.spend(99, 1)
        #expect(!turns.isOver(1))
        turns.spend(1, 1)
        #expect(turns.isOver(1) && !turns.isOver(2))
        turns.begin()
        #expect(!turns.isOver(1))
    }

    @Test("that took longer than it may costs the ones that follow")
    func deficit() {
        var turns = TimeTurns(length: 100)
        turns.spend(450, 1)
        for _ in 0..<3 {
            turns.begin()
            #expect(turns.isOver(1))
        }
        turns.begin()
        #expect(!turns.isOver(1))
        turns.spend(50, 1)
        #expect(turns.isOver(1), "50 of the four hundred and fifty were still owed")
    }

    @Test("is not made longer by what was left of the one before")
    func saving() {
        var turns = TimeTurns(length: 100)
        for _ in 0..<10 { turns.begin() }
        turns.spend(100, 1)
        #expect(turns.isOver(1))
    }

    @Test("is forgiven where nobody else wants one")
    func forgiving() {
        var turns = TimeTurns(length: 100)
        turns.spend(1_000_000, 1)
        turns.forgive()
        #expect(!turns.isOver(1))
    }

    @Test(
        "gives users as much time as each other, whatever their jobs cost", arguments: [1, 10, 95, 100, 730])
    func sharing(cost: Int64) {
        var turns = TimeTurns(length: 100)
        var had: [UserKey: Int64] = [1: 0, 2: 0]
        // Both always want more; the second one's jobs are dearer.
        for _ in 0..<10_000 {
            for (user, price) in [(UserKey(1), Int64(1)), (2, cost)] {
                while !turns.isOver(user) {
                    turns.spend(price, user)
                    had[user]! += price
                }
            }
            turns.begin()
        }
        #expect(abs(had[1]! - had[2]!) <= 1000)
    }
}
