import SidestepModel
import Testing

@Suite("What is under way at once")
struct SlotsTests {
    private func slots() -> Slots {
        Slots(ofUser: .init(count: 3, bytes: 100), ofAll: .init(count: 5, bytes: 150))
    }

    @Test("is bounded for a user, who leaves the others theirs, and for all")
    func counts() {
        var slots = slots()
        for _ in 1...3 {
            #expect(slots.admits(1))
            slots.take(1)
        }
        #expect(!slots.admits(1))
        for user: UserKey in [2, 3] {
            #expect(slots.admits(user))
            slots.take(user)
        }
        #expect(!slots.admits(2) && !slots.admits(4))
        #expect(slots.used == 5)
        slots.giveBack(1)
        #expect(slots.admits(1) && slots.admits(4))
    }

    @Test("needs no more than its bytes, but for the first of a user")
    func bytes() {
        var slots = slots()
        #expect(slots.admits(1, bytes: 1000))
        slots.take(1, bytes: 90)
        #expect(slots.admits(1, bytes: 10) && !slots.admits(1, bytes: 11))
        #expect(slots.admits(2, bytes: 1000))
        slots.take(2, bytes: 50)
        #expect(slots.admits(2, bytes: 10) && !slots.admits(2, bytes: 11))
        slots.giveBack(1, bytes: 90)
        #expect(slots.admits(2, bytes: 50) && !slots.admits(2, bytes: 51))
    }

    @Test("is nobody's again when all of it was given back")
    func all() {
        var slots = slots()
        for round in 1...100 {
            let user = UserKey(round % 7)
            slots.take(user, bytes: Int64(round))
            slots.giveBack(user, bytes: Int64(round))
        }
        #expect(slots.used == 0)
        #expect(slots.admits(1, bytes: 5000))
    }
}
