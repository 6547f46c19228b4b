import SidestepModel
import Testing

@Suite("Notices")
struct NoticeTests {
    private func at(_ milliseconds: Int64) -> Instant { Instant(milliseconds: 1_000_000 + milliseconds) }

    private func refused(_ limit: String, uid: UserID = 1) -> Notice {
        Notice(.limitRefused).with(.limit, limit).with(.uid, uid)
    }

    private func admits(_ counts: inout NoticeCounts, _ notice: Notice, _ moment: Int64) -> Bool {
        counts.admits(notice, at: at(moment))
    }

    private func over(_ counts: inout NoticeCounts, _ moment: Int64) -> [String?] {
        counts.takeOver(at: at(moment)).map { $0[.more] }
    }

    @Test("are declared once, with names and fields of their own")
    func declared() {
        #expect(Set(NoticeKind.all.map(\.name)).count == NoticeKind.all.count)
        for kind in NoticeKind.all {
            #expect(Set(kind.fields).count == kind.fields.count)
            #expect(Set(kind.countedBy ?? []).isSubset(of: kind.fields))
        }
    }

    @Test("of one kind are told at once, then as a number each minute, until it is quiet")
    func counted() {
        var counts = NoticeCounts()
        var told: [Int64] = []
        for moment in Int64(0)..<500 where counts.admits(refused("depth"), at: at(moment)) {
            told.append(moment)
        }
        #expect(told == [0])
        #expect(over(&counts, 59_999) == [])
        #expect(over(&counts, 60_000) == ["499"])
        #expect(!admits(&counts, refused("depth"), 60_001), "it goes on: the number tells it")
        #expect(over(&counts, 120_000) == ["1"])
        #expect(over(&counts, 180_000) == [])
        #expect(counts.isEmpty)
        #expect(admits(&counts, refused("depth"), 180_001))
    }

    @Test("of different things are told apart")
    func apart() {
        var counts = NoticeCounts()
        #expect(admits(&counts, refused("depth"), 0))
        #expect(admits(&counts, refused("connections"), 0))
        #expect(admits(&counts, refused("depth", uid: 2), 0))
        #expect(admits(&counts, Notice(.callDenied).with(.uid, UserID(1)), 0))
        #expect(!admits(&counts, refused("depth").with(.method, "ping"), 0), "the method does not tell apart")
    }

    @Test("that are to be told each are not counted")
    func each() {
        var counts = NoticeCounts()
        for _ in 0..<10 { #expect(admits(&counts, Notice(.maintenanceBegan).with(.task, "backup"), 0)) }
        #expect(counts.isEmpty)
    }

    @Test("of more things than are remembered are told as they come")
    func bounded() {
        var counts = NoticeCounts()
        for uid in 0..<UInt32(NoticeCounts.limit + 5) {
            #expect(admits(&counts, refused("depth", uid: UserID(uid)), 0))
        }
        #expect(admits(&counts, refused("depth", uid: UserID(UInt32(NoticeCounts.limit + 1))), 1))
        #expect(!admits(&counts, refused("depth", uid: 0), 1))
    }

    @Test("begin a new minute when somebody sets the clock back")
    func clock() {
        var counts = NoticeCounts()
        #expect(admits(&counts, refused("depth"), 3_600_000))
        #expect(admits(&counts, refused("depth"), 0))
        #expect(!admits(&counts, refused("depth"), 1))
    }
}
