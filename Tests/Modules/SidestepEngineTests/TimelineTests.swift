import SidestepModel
import SidestepStore
import TestSupport
import Testing

@testable import SidestepEngine

@Suite("The timeline of a run")
struct RunTimelineTests {
    @Test("seeks a moment as a look at every row would find it, and looks at few")
    func seeking() throws {
        let random = SeededRandom(seed: 5)
        for _ in 0..<300 {
            let rows = rows(random)
            var looks = 0
            let seeking = Seeking<(Int64, Int64)>(
                sequence: { $0.0 }, moment: { Instant(milliseconds: $0.1) },
                row: { sequence in
                    looks += 1
                    return rows.first { $0.0 >= sequence }
                })
            for _ in 0..<10 {
                let target = random.integer() % 3000
                let start = random.integer() % 3000
                var stride = 1 + random.integer() % 5000
                looks = 0
                let found = try seeking.first(
                    at: Instant(milliseconds: target), behind: start, stride: &stride)
                #expect(found?.0 == rows.first { $0.0 > start && $0.1 >= target }?.0)
                #expect(looks <= 70)
            }
        }
    }

    /// Rows whose numbers and moments grow.
    private func rows(_ random: SeededRandom) -> [(Int64, Int64)] {
        var rows: [(Int64, Int64)] = []
        var (sequence, moment): (Int64, Int64) = (0, 0)
        for _ in 0..<Int(random.integer() % 200) {
            sequence += 1 + random.integer() % 20
            moment += random.integer() % 15
            rows.append((sequence, moment))
        }
        return rows
    }

    @Test("has a life for each owner, with how it ended, and the steps of each")
    func lives() throws {
        try EngineBench.with { bench in
            let first = bench.daemon.connect()
            _ = try bench.resume("r", by: first)
            bench.daemon.loop.advance(100)
            bench.daemon.kill(first)
            bench.daemon.loop.advance(100)
            let second = bench.daemon.connect()
            let lease = try bench.resume("r", by: second).lease!
            bench.daemon.loop.advance(50)
            _ = bench.wait("nap", [WaitCondition(.signal, "s")], lease: lease, by: second)
            bench.daemon.loop.advance(50)
            let timeline = try timeline(bench, by: second)
            #expect(timeline.lives.map(\.epoch) == [1, 2])
            #expect(timeline.lives.map(\.end) == ["died", nil])
            #expect(timeline.spans.map(\.kind) == [.waiting])
            #expect(timeline.spans.first?.until == nil)
            #expect(timeline.marks.map(\.kind).contains("run.interrupted"))
        }
    }

    private func timeline(
        _ bench: EngineBench, columns: Int = 100, by client: TestClient
    ) throws -> RunTimeline.Result {
        try bench.daemon.query(RunTimeline(run: "r", from: nil, until: nil, columns: columns), by: client)
    }

    /// Begins and completes a step, and returns it as a drawing would have it.
    private func complete(_ name: String, _ bench: EngineBench, by client: TestClient, lease: String) throws {
        _ = try bench.daemon.call(CompleteStep(proof: .text(lease), step: name), by: client).get()
    }

    /// The columns that spans are in.
    private func covered(_ spans: [TimelineSpan], _ scale: TimelineScale) -> Set<Int> {
        Set(spans.flatMap { scale.column(of: $0.from)...scale.column(of: $0.until ?? scale.until) })
    }

    @Test("covers every column that a step is in, whatever it skips", arguments: [1, 7, 300])
    func skipping(columns: Int) throws {
        try EngineBench.with { bench in
            let client = bench.daemon.connect()
            let lease = try bench.resume("r", by: client).lease!
            let random = SeededRandom(seed: UInt64(columns))
            let begun = bench.daemon.clock.now()
            var finished: [Instant] = []
            for number in 0..<1500 {
                bench.daemon.loop.advance(random.oneIn(20) ? 400 : Int64(random.below(3)))
                try complete("s\(number)", bench, by: client, lease: lease)
                finished.append(bench.daemon.clock.now())
            }
            let drawn = try timeline(bench, columns: columns, by: client)
            let scale = TimelineScale(from: begun, until: bench.daemon.clock.now(), columns: columns)
            #expect(drawn.scale == scale && !drawn.isPartial)
            #expect(covered(drawn.spans, scale).isSuperset(of: finished.map(scale.column)))
            #expect(drawn.spans.compactMap(\.count).reduce(0, +) <= finished.count)
            #expect(columns > 7 || drawn.spans.contains { $0.count == nil })
        }
    }
}
