import SidestepModel
import SidestepStore
import TestSupport
import Testing

@testable import SidestepEngine

@Suite("The space that users take")
struct SpaceTests {
    /// All slices of a walk, each from a snapshot of its own.
    private func walk(_ bench: EngineBench) throws -> (slices: Int, lines: [SpaceLine]) {
        var (sums, slices) = (SpaceSums(), 0)
        var place: SpaceSlice.Place? = .start
        while let from = place {
            let slice = try bench.daemon.read { try SpaceSlice($0, from: from) }
            sums.add(slice.sums)
            (place, slices) = (slice.next, slices + 1)
        }
        return (slices, sums.lines.sorted { $0.bytes > $1.bytes })
    }

    private func steps(
        _ count: Int, _ output: String, of run: String, _ bench: EngineBench
    ) throws {
        let client = bench.daemon.connect()
        let lease = try bench.resume(run, by: client) { $0.workflow = "w" }.lease!
        for number in 0..<count {
            var complete = CompleteStep(proof: .text(lease), step: "s\(number)")
            complete.output = Payload(text: output)
            _ = try bench.daemon.call(complete, by: client).get()
        }
    }

    @Test("is counted in slices of a thousand rows, none twice and none left out")
    func rows() throws {
        try EngineBench.with { bench in
            try steps(1500, "12345", of: "r", bench)
            let found = try walk(bench)
            #expect(found.slices == 2)
            #expect(found.lines.map(\.steps) == [1500])
            #expect(found.lines.map(\.openRuns) == [1])
            #expect(found.lines.map(\.bytes) == [7500])
        }
    }

    @Test("a slice ends where its bytes end, whatever few rows that are")
    func bytes() throws {
        try EngineBench.with { bench in
            let large = "\"" + String(repeating: "x", count: 3 << 20) + "\""
            try steps(4, large, of: "r", bench)
            let found = try walk(bench)
            #expect(found.slices == 3)
            #expect(found.lines.map(\.bytes) == [Int64(large.utf8.count) * 4])
        }
    }

    @Test("of nobody is nothing, in one slice")
    func nothing() throws {
        try EngineBench.with { bench in
            let found = try walk(bench)
            #expect(found.slices == 1)
            #expect(found.lines.isEmpty)
        }
    }

    @Test("is told to a user as far as it is his, and to an administrator with all of it, the most first")
    func seen() throws {
        try EngineBench.with { bench in
            var lines: [SpaceLine] = []
            for (user, workflow, bytes) in [
                (1000, "a", 5), (1000, "b", 7), (1001, "a", 6), (1000, nil, 1),
            ] {
                var line = SpaceLine(user: UserID(UInt32(user)), workflow: workflow)
                line.bytes = Int64(bytes)
                lines.append(line)
            }
            let figures = SpaceFigures(at: bench.daemon.clock.now(), tookMilliseconds: 3, lines: lines)
            func usage(uid: UserID, _ change: (inout UsageOfSpace.Filter) -> Void = { _ in }) throws
                -> UsageOfSpace
            {
                let client = bench.daemon.connect(uid: uid)
                var filter = UsageOfSpace.Filter()
                change(&filter)
                return try UsageOfSpace(
                    figures, filter,
                    for: CallContext(
                        environment: bench.daemon.environment, peer: client.peer, session: client.session,
                        grantedRuns: GrantedRuns(), now: bench.daemon.clock.now()))
            }
            #expect(try usage(uid: 1000).lines.map(\.bytes) == [7, 5, 1])
            #expect(try usage(uid: 0).lines.map(\.bytes) == [7, 6, 5, 1])
            #expect(try usage(uid: 0) { $0.workflow = "a" }.lines.map(\.user) == [1001, 1000])
            let one = try usage(uid: 0) { $0.limit = 1 }
            #expect(one.lines.map(\.bytes) == [7])
            #expect((one.more, one.all.bytes) == (3, 19))
            #expect(try usage(uid: 0) { $0.user = 1001 }.all.bytes == 6)
            #expect(throws: Failure.self) { try usage(uid: 1000) { $0.user = 1001 } }
        }
    }
}
