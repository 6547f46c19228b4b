import SidestepEngine
import SidestepModel
import SidestepProtocol
import SidestepStore
import TestSupport
import Testing

@Suite struct RecordingBudgetTests {
    private func with(
        _ budget: [(BudgetName, Int64)], _ body: (inout RecordingBench) throws -> Void
    ) throws {
        try EngineBench.with { bench throws in
            var recorder = try RecordingBench(bench, budget: budget)
            try body(&recorder)
        }
    }

    @Test(
        "a call that the budget does not cover is refused before it is sent, and the run is paused when nothing runs"
    )
    func refused() throws {
        try with([(.tokens, 100)]) { run throws in
            _ = try run.begin("a", reserve: #"{"tokens":60}"#).get()
            #expect(kind(run.begin("b", reserve: #"{"tokens":41}"#)) == .budgetExhausted)
            #expect(try run.bench.status("r") == .running, "a call is under way")
            #expect(kind(run.begin("b", reserve: #"{"tokens":1}"#)) == .budgetExhausted)
            _ = try run.complete(1, "a", usage: #"{"input_tokens":10}"#).get()
            #expect(try run.bench.status("r") == .paused)
            #expect(try run.budget(.tokens) == [100, 10, 0])
            #expect(try run.states() == ["1 completed"])
            let raised = SetBudget(run: "r", amounts: [(.tokens, 200)])
            _ = try run.bench.daemon.call(raised, by: run.client).get()
            _ = try run.bench.daemon.call(UnpauseRun(run: "r"), by: run.client).get()
            try run.hold()
            #expect(try run.begin("b", reserve: #"{"tokens":41}"#).get() == 2)
        }
    }

    @Test("with nothing under way a refusal pauses the run at once")
    func pausedAtOnce() throws {
        try with([(.calls, 1)]) { run throws in
            try run.record("a")
            #expect(kind(run.begin("b")) == .budgetExhausted)
            #expect(try run.bench.status("r") == .paused)
        }
    }

    @Test("what sets aside nothing pays for nothing: no budget refuses it, and it is counted as no call")
    func free() throws {
        try with([(.calls, 1), (.tokens, 10)]) { run throws in
            _ = try run.begin("a", reserve: #"{"tokens":10}"#).get()
            _ = try run.complete(1, "a", usage: #"{"input_tokens":10}"#).get()
            #expect(try run.begin("b", reserve: #"{"calls":0}"#).get() == 2)
            _ = try run.complete(2, "b", usage: #"{"requests":0}"#).get()
            #expect(try run.budget(.calls) == [1, 1, 0])
            #expect(try run.budget(.tokens) == [10, 10, 0])
            #expect(try run.bench.status("r") == .running)
            #expect(try run.states() == ["1 completed", "2 completed"])
            #expect(kind(run.begin("c", reserve: #"{"calls":0,"tokens":1}"#)) == .budgetExhausted)
        }
    }

    @Test("a call that a dead recorder had under way does not keep a run from being paused")
    func deadRecorders() throws {
        try with([(.tokens, 100)]) { run throws in
            _ = try run.begin("a", reserve: #"{"tokens":60}"#).get()
            run.bench.daemon.kill(run.client)
            run.client = run.bench.daemon.connect()
            run.lease = try run.bench.resume("r", by: run.client).lease!
            var begin = BeginStep(proof: .text(run.lease), step: "s")
            begin.reserve = Amounts(reserve: RawJSON(validated: Payload(text: #"{"tokens":50}"#)))
            #expect(kind(run.bench.daemon.call(begin, by: run.client)) == .budgetExhausted)
            #expect(try run.bench.status("r") == .paused)
        }
    }

    @Test("a step that is refused waits with the pause for the calls that are under way")
    func stepsWait() throws {
        try with([(.tokens, 100)]) { run throws in
            _ = try run.begin("a", reserve: #"{"tokens":60}"#).get()
            var begin = BeginStep(proof: .text(run.lease), step: "s")
            begin.reserve = Amounts(reserve: RawJSON(validated: Payload(text: #"{"tokens":50}"#)))
            #expect(kind(run.bench.daemon.call(begin, by: run.client)) == .budgetExhausted)
            #expect(try run.bench.status("r") == .running)
            run.fail(1, "a")
            #expect(try run.bench.status("r") == .paused)
            #expect(try run.budget(.tokens) == [100, 0, 0])
        }
    }

    @Test(
        "an end books what was used: what is said, else what was set aside, and of a failure the call alone",
        arguments: [(String, String?, Int64, UsageSource)]([
            ("completed", #"{"input_tokens":3,"output_tokens":4}"#, Int64(7), UsageSource.reported),
            ("completed", nil, 60, .estimated),
            ("failed", nil, 0, .none), ("failed", #"{"tokens":9}"#, 9, .reported),
            ("cancelled", nil, 60, .estimated), ("cancelled", #"{"tokens":2}"#, 2, .reported),
            ("lost", nil, 60, .estimated),
        ]))
    func booking(_ end: String, _ usage: String?, _ used: Int64, _ source: UsageSource) throws {
        try with([(.tokens, 1000), (.calls, 10)]) { run throws in
            _ = try run.begin("a", reserve: #"{"tokens":60}"#).get()
            switch end {
            case "completed": _ = try run.complete(1, "a", usage: usage).get()
            case "failed": _ = try run.fail(1, "a", .failed, usage: usage).get()
            case "cancelled": _ = try run.fail(1, "a", .cancelled, usage: usage).get()
            default: _ = try run.fail(1, "a", .lost, usage: usage).get()
            }
            #expect(try run.budget(.tokens) == [1000, used, 0])
            #expect(try run.budget(.calls) == [10, 1, 0], "every recording is a call")
            #expect(try run.get(1).view.recording.usageSource == source)
        }
    }

    @Test("an end that comes twice books once")
    func bookedOnce() throws {
        try with([(.tokens, 1000)]) { run throws in
            _ = try run.begin("a", reserve: #"{"tokens":60}"#).get()
            for _ in 0..<3 { _ = try run.complete(1, "a", usage: #"{"tokens":5}"#).get() }
            #expect(try run.budget(.tokens) == [1000, 5, 0])
            _ = try run.begin("b", reserve: #"{"tokens":60}"#).get()
            for _ in 0..<3 { _ = try run.begin("b", reserve: #"{"tokens":60}"#).get() }
            #expect(try run.budget(.tokens) == [1000, 5, 60])
        }
    }

    @Test("a parent's budget covers the calls of its children, and its usage has theirs")
    func parents() throws {
        try with([(.tokens, 100)]) { run throws in
            let child = try RecordingBench(run.bench, run: "child", parent: "r")
            _ = try child.begin("a", reserve: #"{"tokens":60}"#).get()
            #expect(try run.budget(.tokens) == [100, 0, 60])
            #expect(kind(child.begin("b", reserve: #"{"tokens":41}"#)) == .budgetExhausted)
            _ = try child.complete(1, "a", usage: #"{"tokens":7,"cached_tokens":3}"#).get()
            #expect(try run.budget(.tokens) == [100, 7, 0])
            let usage = try run.bench.daemon.query(GetRun(run: "r", generation: nil), by: run.client).usage
            #expect(usage.map { "\($0.name) \($0.sum)" } == ["cached_tokens 3", "tokens 7"])
        }
    }

    @Test("a completed call is progress: who crashes after it is not in a crash loop")
    func progress() throws {
        try with([]) { run throws in
            for round in 0..<15 {
                try run.record("c\(round)")
                run.bench.daemon.kill(run.client)
                run.bench.daemon.loop.advance(100_000)
                run.client = run.bench.daemon.connect()
                try run.hold { _ in }
            }
            #expect(try run.bench.status("r") == .running)
        }
    }
}
