import SidestepEngine
import SidestepModel
import SidestepStore
import TestSupport
import Testing

@Suite("What runs used")
struct UsageTests {
    private func lines(
        _ bench: EngineBench, by grouping: UsageGrouping = .model, uid: UserID = 1000,
        _ change: (inout UsageOfRuns) -> Void = { _ in }
    ) throws -> [String] {
        var usage = UsageOfRuns(by: grouping)
        change(&usage)
        return try bench.daemon.query(usage, by: bench.daemon.connect(uid: uid)).map { line in
            line.part + ": " + line.usage.map { "\($0.name) \($0.sum)" }.joined(separator: ", ")
        }
    }

    private func complete(
        _ step: String, _ usage: String, _ lease: String, _ bench: EngineBench, by client: TestClient
    ) throws {
        var complete = CompleteStep(proof: .text(lease), step: step)
        complete.usage = Payload(text: usage)
        _ = try bench.daemon.call(complete, by: client).get()
    }

    @Test("is summed by model, and a step that is told twice counts once")
    func once() throws {
        try EngineBench.with { bench in
            let client = bench.daemon.connect()
            let lease = try bench.resume("r", by: client).lease!
            for _ in 0..<2 { try complete("a", #"{"model":"m","tokens":5}"#, lease, bench, by: client) }
            try complete("b", #"{"tokens":1,"requests":2}"#, lease, bench, by: client)
            #expect(try lines(bench) == ["m: requests 1, tokens 5", ": requests 2, tokens 1"])
        }
    }

    @Test("of a recorded call is what it came to in the end, whatever was assumed when it was lost")
    func recorded() throws {
        try EngineBench.with { bench in
            let run = try RecordingBench(bench, budget: [(.tokens, 1000)])
            _ = try run.begin("a", reserve: #"{"tokens":60}"#).get()
            _ = try run.fail(1, "a", .lost).get()
            #expect(try lines(bench) == [": requests 1, tokens 60"])
            _ = try run.complete(1, "a", usage: #"{"tokens":7,"cached_tokens":3}"#).get()
            #expect(try lines(bench) == [": cached_tokens 3, requests 1, tokens 7"])
        }
    }

    @Test("is of the day of a time zone, and of the hours that are asked for")
    func days() throws {
        try EngineBench.with { bench in
            let client = bench.daemon.connect()
            let lease = try bench.resume("r", by: client).lease!
            let begun = bench.daemon.clock.now()
            try complete("a", #"{"tokens":1}"#, lease, bench, by: client)
            bench.daemon.loop.advance(24 * 3_600_000)
            try complete("b", #"{"tokens":2}"#, lease, bench, by: client)
            let days = try lines(bench, by: .day)
            #expect(days.count == 2 && days == days.sorted())
            #expect(days[0].hasPrefix(String(begun.text.prefix(10)) + ": "))
            #expect(try lines(bench) { $0.until = begun } == [": requests 1, tokens 1"])
            let later = begun.advanced(byMilliseconds: 3_600_000)
            #expect(try lines(bench) { $0.from = later } == [": requests 1, tokens 2"])
            #expect(throws: Failure.self) { try lines(bench) { $0.timeZone = "Mars/Olympus" } }
        }
    }

    @Test("is seen by whose runs they were and by an administrator, and is kept for so long")
    func seen() throws {
        try EngineBench.with { bench in
            try bench.daemon.restart()
            let client = bench.daemon.connect()
            let lease = try bench.resume("r", by: client) { $0.workflow = "w" }.lease!
            try complete("a", #"{"tokens":1}"#, lease, bench, by: client)
            #expect(try lines(bench, by: .user, uid: 1001).isEmpty)
            #expect(try lines(bench, by: .user, uid: 0) == ["1000: requests 1, tokens 1"])
            #expect(throws: Failure.self) { try lines(bench, uid: 1001) { $0.user = 1000 } }
            bench.daemon.loop.advance(401 * 86_400_000)
            bench.daemon.loop.advance(3_600_000)
            #expect(try lines(bench, by: .user, uid: 0) { $0.from = Instant(milliseconds: 0) }.isEmpty)
        }
    }

    @Test(
        "that replay saved is what a run had recorded, each time it was taken up again, until it began anew")
    func saved() throws {
        try EngineBench.with { bench in
            func saved() throws -> [String] {
                try bench.daemon.query(UsageOfRuns(by: .workflow), by: bench.daemon.connect()).flatMap {
                    line in
                    line.saved.map { "\($0.name) \($0.sum)" }
                }
            }
            let first = bench.daemon.connect()
            let lease = try bench.resume("r", by: first).lease!
            try complete("a", #"{"model":"m","tokens":5,"saved/tokens":1000}"#, lease, bench, by: first)
            var failed = FailStep(proof: .text(lease), step: "b")
            failed.error = Payload(text: "1")
            failed.usage = Payload(text: #"{"tokens":9}"#)
            _ = try bench.daemon.call(failed, by: first).get()
            #expect(try saved().isEmpty)
            bench.daemon.kill(first)
            let second = bench.daemon.connect()
            _ = try bench.resume("r", by: second)
            #expect(try saved() == ["requests 1", "tokens 5"])
            bench.daemon.kill(second)
            let third = bench.daemon.connect()
            let again = try bench.resume("r", by: third).lease!
            #expect(try saved() == ["requests 2", "tokens 10"])
            _ = try bench.daemon.call(CompleteRun(proof: .text(again), output: nil), by: third).get()
            _ = try bench.resume("r", by: third) { $0.ifClosed = .rerun }
            #expect(try saved() == ["requests 2", "tokens 10"])
        }
    }
}
