import SidestepModel
import Testing

@Suite("What takes space")
struct SpaceTests {
    private func row(
        _ user: UserID? = 1, _ workflow: String? = "w", bytes: Int64 = 10, open: Bool = false
    ) -> SpaceRow {
        SpaceRow(key: 1, user: user, workflow: workflow, bytes: bytes, isOpen: open)
    }

    @Test("is counted by user and workflow: a run as open or closed, a step as one, bytes of all")
    func sums() {
        var sums = SpaceSums()
        sums.add(row(open: true), of: .run)
        sums.add(row(), of: .run)
        sums.add(row(), of: .step)
        sums.add(row(bytes: 5), of: .message)
        sums.add(row(2, nil), of: .memory)
        sums.add(row(nil), of: .run)
        var others = SpaceSums()
        others.add(row(), of: .step)
        sums.add(others)
        let lines = sums.lines.sorted { $0.user < $1.user }
        #expect(lines.count == 2)
        #expect((lines[0].openRuns, lines[0].closedRuns, lines[0].steps) == (1, 1, 2))
        #expect(lines.map(\.bytes) == [45, 10])
        #expect(lines.map(\.workflow) == ["w", nil])
    }

    @Test(
        "a user's workflows are told apart up to a thousand; what is further is together, and nothing is lost"
    )
    func bound() {
        var sums = SpaceSums()
        for number in 0..<SpaceSums.workflows { sums.add(row(1, "w\(number)"), of: .run) }
        #expect(sums.lines.count == SpaceSums.workflows)
        for name in ["one more", "another"] { sums.add(row(1, name), of: .run) }
        sums.add(row(1, "w7"), of: .run)
        sums.add(row(2, "one more"), of: .run)
        let own = sums.lines.filter { $0.user == 1 }
        #expect(own.count == SpaceSums.workflows + 1)
        #expect(own.first { $0.workflow == nil }?.closedRuns == 2)
        #expect(own.first { $0.workflow == "w7" }?.closedRuns == 2)
        #expect(own.reduce(0) { $0 + $1.bytes } == Int64(SpaceSums.workflows + 3) * 10)
        #expect(sums.lines.first { $0.user == 2 }?.workflow == "one more")
    }

    @Test(
        "figures serve who wants none older, and everybody for four times as long as counting took",
        arguments: [
            (took: 10, age: 0, wanted: 0, true), (10, 40, 0, true), (10, 41, 0, false),
            (10, 60_000, 60_000, true), (10, 60_001, 60_000, false), (20_000, 80_000, 60_000, true),
            (20_000, 80_001, 60_000, false),
        ])
    func age(took: Int64, age: Int64, wanted: Int64, serves: Bool) {
        let figures = SpaceFigures(at: Instant(milliseconds: 1000), tookMilliseconds: took, lines: [])
        #expect(figures.serve(maxAge: wanted, at: Instant(milliseconds: 1000 + took + age)) == serves)
    }
}
