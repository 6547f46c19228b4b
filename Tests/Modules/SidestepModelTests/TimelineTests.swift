import SidestepModel
import Testing

@Suite("A timeline")
struct TimelineTests {
    private func at(_ milliseconds: Int64) -> Instant { Instant(milliseconds: milliseconds) }

    private func step(
        _ name: String, _ begun: Int64, _ finished: Int64, first: Int64? = nil,
        _ status: StepStatus = .completed
    ) -> StepSpan {
        StepSpan(
            sequence: finished, name: name, status: status, firstBegun: at(first ?? begun), begun: at(begun),
            finished: at(finished))
    }

    @Test("puts every moment into one column, whose end is the first moment of the next")
    func columns() {
        for (from, length, columns) in [
            (0, 1, 1), (7, 1000, 3), (1_796_062_692_183, 7892, 800), (-5, 9_999_991, 4000),
        ] {
            let scale = TimelineScale(
                from: at(Int64(from)), until: at(Int64(from + length)), columns: columns)
            for part in 0..<500 {
                let moment = at(Int64(from + length * part / 500))
                let column = scale.column(of: moment)
                #expect((0..<columns).contains(column))
                let end = scale.end(of: column)
                #expect(end > moment)
                if column < columns - 1, length > columns { #expect(scale.column(of: end) > column) }
            }
        }
    }

    @Test("has a length, also where the end is no later than the beginning, or where no clock goes")
    func odd() {
        #expect(TimelineScale(from: at(5), until: at(5), columns: 0).column(of: at(5)) == 0)
        let scale = TimelineScale(from: at(.min), until: at(.max), columns: 10)
        #expect((0..<10).contains(scale.column(of: at(0))))
    }

    @Test(
        "shows a step by itself where it is as wide as a column, and puts narrow ones together where they touch"
    )
    func narrow() {
        var spans = TimelineSpans(TimelineScale(from: at(0), until: at(1000), columns: 10))
        for name in ["a", "b"] { spans.add(step(name, 10, 20), waits: false) }
        spans.add(step("c", 100, 150), waits: false)
        spans.add(step("wide", 100, 400), waits: false)
        spans.add(step("d", 900, 901), waits: false)
        #expect(spans.spans.map(\.step) == [nil, "wide", "d"])
        #expect(spans.spans.map(\.count) == [3, 1, 1])
        #expect(spans.spans[0].from == at(10) && spans.spans[0].until == at(150))
    }

    @Test("keeps failures, waits and back-off apart from what was executed")
    func kinds() {
        var spans = TimelineSpans(TimelineScale(from: at(0), until: at(1000), columns: 10))
        spans.add(step("a", 10, 20), waits: false)
        spans.add(step("b", 11, 21, .failed), waits: false)
        spans.add(step("c", 12, 22), waits: true)
        spans.add(step("d", 300, 500, first: 100), waits: false)
        #expect(spans.spans.map(\.kind) == [.executed, .failed, .waiting, .backoff, .executed])
        spans.skip()
        #expect(spans.spans[0].count == nil && spans.spans[0].step == nil)
        #expect(spans.spans[1].count == 1)
    }

    @Test("has so many spans at most, and says when there are more")
    func limit() {
        var spans = TimelineSpans(TimelineScale(from: at(0), until: at(1000), columns: 10))
        for number in 0..<TimelineSpans.limit { spans.add(step("\(number)", 0, 1000), waits: false) }
        #expect(!spans.isPartial)
        spans.add(step("more", 0, 1000), waits: false)
        #expect(spans.isPartial && spans.spans.count == TimelineSpans.limit)
    }

    @Test("counts marks of one kind in one column, and leaves leases out")
    func marks() {
        let entries = [
            (1, "run.created"), (1, "lease.granted"), (2, "signal.sent"), (3, "signal.sent"),
            (990, "signal.sent"),
        ]
        .map { JournalEntry(sequence: $0.0, at: at($0.0), kind: $0.1, step: nil, attempt: nil, detail: nil) }
        let marks = [TimelineMark](entries, TimelineScale(from: at(0), until: at(1000), columns: 10))
        #expect(marks.map(\.kind) == ["run.created", "signal.sent", "signal.sent"])
        #expect(marks.map(\.count) == [1, 2, 1])
    }
}
