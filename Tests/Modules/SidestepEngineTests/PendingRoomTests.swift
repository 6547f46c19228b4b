import SidestepModel
import TestSupport
import Testing

@testable import SidestepEngine

@Suite("Room for deliveries")
struct PendingRoomTests {
    private static let limit = WebhookRecord.pendingLimit

    /// What waits in the database, and how often it was counted.
    private final class Waiting {
        var count: Int
        private(set) var counted = 0

        init(_ count: Int) { self.count = count }

        /// Takes a place, and says after the commit that there was none.
        func take(_ room: PendingRoom, _ webhook: Int64 = 1) -> Bool {
            let hasRoom = takeUncommitted(room, webhook)
            if !hasRoom { room.isFull(webhook) }
            return hasRoom
        }

        func takeUncommitted(_ room: PendingRoom, _ webhook: Int64 = 1) -> Bool {
            let hasRoom = room.take(webhook) {
                counted += 1
                return min(count, PendingRoomTests.limit)
            }
            if hasRoom { count += 1 }
            return hasRoom
        }
    }

    @Test("is counted one time for all deliveries up to the limit, and one time more at it")
    func counting() {
        let (room, waiting) = (PendingRoom(), Waiting(0))
        for _ in 0..<Self.limit { #expect(waiting.take(room)) }
        #expect(waiting.counted == 1)
        #expect(!waiting.take(room))
        #expect(waiting.counted == 2)
    }

    @Test("at the limit, nothing is counted until one that waited does not any more")
    func full() {
        let (room, waiting) = (PendingRoom(), Waiting(Self.limit))
        for _ in 0..<100 { #expect(!waiting.take(room)) }
        #expect(waiting.counted == 1)
        waiting.count -= 1
        room.forget(1)
        #expect(waiting.take(room))
        #expect(!waiting.take(room))
    }

    @Test("that was taken by what was rolled back is found again")
    func rollback() {
        let (room, waiting) = (PendingRoom(), Waiting(Self.limit - 3))
        for _ in 0..<3 { #expect(waiting.take(room)) }
        waiting.count -= 2
        #expect(waiting.take(room) && waiting.take(room) && !waiting.take(room))
    }

    @Test("that was found used up by what was rolled back is found again, with nothing settled")
    func rolledBackAtTheLimit() {
        let (room, waiting) = (PendingRoom(), Waiting(0))
        for _ in 0..<Self.limit { #expect(waiting.takeUncommitted(room)) }
        #expect(!waiting.takeUncommitted(room))
        // The commit fails: nobody waits at all.
        waiting.count = 0
        room.forgetAll()
        #expect(waiting.take(room))
    }

    @Test("of one webhook is not another's")
    func webhooks() {
        let (room, full, empty) = (PendingRoom(), Waiting(Self.limit), Waiting(0))
        #expect(!full.take(room, 1) && empty.take(room, 2))
        room.forget(2)
        #expect(!full.take(room, 1) && full.counted == 1)
        room.forget(1)
        #expect(!full.take(room, 1) && full.counted == 2)
    }

    @Test("is counted again when the counting fails")
    func failing() {
        struct Broken: Error {}
        let (room, waiting) = (PendingRoom(), Waiting(0))
        #expect(throws: Broken.self) { try room.take(1) { throw Broken() } }
        #expect(waiting.take(room) && waiting.counted == 1)
    }

    @Test("is never more than there is, in any order of taking, settling and rolling back", arguments: 0..<20)
    func model(seed: UInt64) {
        let random = SeededRandom(seed: seed)
        let (room, waiting) = (PendingRoom(), Waiting(Self.limit - 20))
        for _ in 0..<5000 {
            switch random.below(9) {
            case 0..<5:
                let hadRoom = waiting.count < Self.limit
                #expect(waiting.take(room) == hadRoom)
            case 5 where waiting.count > 0:
                waiting.count -= 1
                room.forget(1)
            case 6:
                // A batch that does not stand: its takings count no more, and only what is counted then is remembered.
                let before = waiting.count
                for _ in 0..<3 { _ = waiting.takeUncommitted(room) }
                waiting.count = before
            case 7: room.forgetAll()
            default: room.forget(1)
            }
            #expect(waiting.count <= Self.limit)
        }
    }
}
