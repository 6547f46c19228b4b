import SidestepEngine
import SidestepModel
import SidestepStore
import TestSupport
import Testing

@Suite struct RecordingTests {
    private func with(
        budget: [(BudgetName, Int64)] = [], _ body: (inout RecordingBench) throws -> Void
    ) throws {
        try EngineBench.with { bench throws in
            var recorder = try RecordingBench(bench, budget: budget)
            try body(&recorder)
        }
    }

    @Test("recordings are numbered from 1, and the same call again is the same recording")
    func numbers() throws {
        try with { run throws in
            #expect(try run.begin("a").get() == 1)
            #expect(try run.begin("b").get() == 2)
            #expect(try run.begin("a").get() == 1)
            try run.bench.daemon.restart()
            run.client = run.bench.daemon.reconnect(run.client)
            #expect(try run.begin("a").get() == 1)
            #expect(try run.begin("c").get() == 3)
            #expect(try run.states() == ["1 started", "2 started", "3 started"])
        }
    }

    @Test("an answer is given back byte for byte, and its end said again is answered the same")
    func answers() throws {
        try with { run throws in
            let number = try run.begin("a").get()
            let first = try run.complete(number, "a", body: "né\u{0}x").get()
            #expect(try run.answer(number) == "né\u{0}x")
            #expect(try run.complete(number, "a", body: "other").get().recording == first.recording)
            #expect(try run.answer(number) == "né\u{0}x")
            #expect(kind(run.fail(number, "a")) == .invalidArgument)
            #expect(try run.states() == ["1 completed"])
        }
    }

    @Test("who does not know the call ends nothing, and neither does who names another number")
    func fence() throws {
        try with { run throws in
            #expect(try run.begin("a").get() == 1)
            #expect(try run.begin("b").get() == 2)
            #expect(kind(run.complete(1, "x")) == .invalidArgument)
            #expect(kind(run.complete(2, "a")) == .invalidArgument)
            #expect(kind(run.fail(1, "b")) == .invalidArgument)
            #expect(try run.states() == ["1 started", "2 started"])
        }
    }

    @Test("a call in flight is recorded in a run that has another owner, is paused, closed, or begun anew")
    func outlivesTheLease() throws {
        try with { run throws in
            for call in ["a", "b", "c", "d"] { _ = try run.begin(call).get() }
            try run.hold()
            #expect(kind(run.complete(1, "a")) == nil)
            _ = try run.bench.daemon.call(PauseRun(run: "r"), by: run.client).get()
            #expect(kind(run.complete(2, "b")) == nil)
            _ = try run.bench.daemon.call(UnpauseRun(run: "r"), by: run.client).get()
            try run.hold()
            _ = try run.bench.daemon.call(CompleteRun(proof: .text(run.lease), output: nil), by: run.client)
                .get()
            #expect(kind(run.complete(3, "c")) == nil)
            try run.hold { $0.ifClosed = .rerun }
            #expect(try run.states().isEmpty)
            #expect(try run.complete(4, "d").get().generation == 1)
            #expect(try run.begin("e").get() == 1)
        }
    }

    @Test("a removed run takes nothing, and who may not see a run learns nothing of it")
    func unseen() throws {
        try with { run throws in
            _ = try run.begin("a").get()
            let stranger = run.bench.daemon.connect(uid: 2000)
            let fence = RecordingFence(run: "r", recording: 1, call: "a")
            let complete = CompleteRecording(fence, response: RecordedResponse(), body: [])
            #expect(kind(run.bench.daemon.call(complete, by: stranger)) == .runNotFound)
            let reroll = RerollRecording(run: "r", recording: 1)
            #expect(kind(run.bench.daemon.call(reroll, by: stranger)) == .runNotFound)
            #expect(throws: Failure.self) {
                try run.bench.daemon.query(ListRecordings(run: "r"), by: stranger)
            }
            _ = try run.bench.daemon.call(ReleaseRun(proof: .text(run.lease)), by: run.client).get()
            _ = try run.bench.daemon.call(DeleteRun(run: "r"), by: run.client).get()
            #expect(kind(run.complete(1, "a")) == .runNotFound)
        }
    }

    @Test("an administrator sees and ends the recordings of others")
    func administrators() throws {
        try with { run throws in
            _ = try run.begin("a").get()
            run.client = run.bench.daemon.connect(uid: 0)
            #expect(kind(run.complete(1, "a")) == nil)
            #expect(try run.states() == ["1 completed"])
        }
    }

    // MARK: Recorders

    @Test("a run keeps its secret over leases, restarts, generations and recorders")
    func secrets() throws {
        try with { run throws in
            let first = try run.open()
            #expect(first.secret.count == 32)
            try run.hold(recorder: "other")
            try run.bench.daemon.restart()
            run.client = run.bench.daemon.reconnect(run.client)
            #expect(try run.open("other").secret == first.secret)
            _ = try run.bench.daemon.call(CompleteRun(proof: .text(run.lease), output: nil), by: run.client)
                .get()
            try run.hold { $0.ifClosed = .rerun }
            let again = try run.open()
            #expect(again.secret == first.secret)
            #expect(again.generation == 2)
            let other = try RecordingBench(run.bench, run: "other")
            #expect(try other.open().secret != first.secret)
        }
    }

    @Test("what another recorder has under way is in doubt, and its own stays under way over leases")
    func doubt() throws {
        try with(budget: [(.tokens, 100), (.calls, 10)]) { run throws in
            _ = try run.begin("a", reserve: #"{"tokens":60}"#).get()
            try run.hold()
            #expect(try run.states() == ["1 started"])
            #expect(try run.budget(.tokens) == [100, 0, 60])
            try run.hold(recorder: "next")
            #expect(try run.states() == ["1 in_doubt"])
            #expect(try run.budget(.tokens) == [100, 60, 0])
            #expect(try run.budget(.calls) == [10, 1, 0])
            #expect(try run.get(1).view.recording.usageSource == .estimated)
            #expect(kind(run.begin("b")) == .invalidArgument, "it is not the run's recorder any more")
        }
    }

    @Test("what was in doubt may still be completed, and what was assumed gives way to what was used")
    func doubtEnds() throws {
        try with(budget: [(.tokens, 100), (.calls, 10)]) { run throws in
            _ = try run.begin("a", reserve: #"{"input_tokens":20,"output_tokens":40}"#).get()
            try run.hold(recorder: "next")
            #expect(try run.budget(.tokens) == [100, 60, 0])
            _ = try run.complete(1, "a", usage: #"{"input_tokens":5,"output_tokens":2}"#).get()
            #expect(try run.budget(.tokens) == [100, 7, 0])
            #expect(try run.budget(.calls) == [10, 1, 0])
            #expect(try run.get(1).view.recording.usageSource == .reported)
        }
    }

    @Test("a lease that is over begins nothing, and neither does who has not opened the run")
    func stale() throws {
        try with { run throws in
            let old = run
            try run.hold(recorder: "next")
            #expect(kind(old.begin("a")) == .leaseLost)
            #expect(throws: Failure.self) { try old.open() }
            #expect(kind(run.begin("a", recorder: "none")) == .invalidArgument)
            #expect(try run.states().isEmpty)
        }
    }

    @Test(
        "who began a call finds it again when the lease is over, as long as no other recorder is there"
    )
    func answersThatWereLost() throws {
        try with { run throws in
            for call in ["a", "b"] { _ = try run.begin(call).get() }
            let old = run
            try run.hold()
            #expect(try old.begin("b").get() == 2)
            #expect(kind(old.begin("c")) == .leaseLost)
            #expect(kind(old.begin("b", recorder: "other")) == .leaseLost)
            run.fail(1, "a")
            #expect(kind(old.begin("a")) == .leaseLost)
            _ = try run.bench.daemon.call(PauseRun(run: "r"), by: run.client).get()
            #expect(try run.begin("b").get() == 2)
            #expect(kind(run.begin("c")) == .runPaused)
            _ = try run.bench.daemon.call(UnpauseRun(run: "r"), by: run.client).get()
            try run.hold(recorder: "next")
            #expect(kind(old.begin("b")) == .leaseLost)
            #expect(try run.states() == ["1 failed", "2 in_doubt"])
        }
    }

    @Test("only so many calls of a run may be under way: all of them end together when their recorder dies")
    func many() throws {
        var settings = EngineSettings()
        settings.limits.recordingsUnderWay = 3
        try EngineBench.with(settings) { bench throws in
            let run = try RecordingBench(bench)
            for call in ["a", "b", "c"] { _ = try run.begin(call).get() }
            #expect(limitMet(run.begin("d")) == "recordings_under_way")
            #expect(try run.begin("c").get() == 3, "it is there already")
            run.fail(1, "a")
            #expect(try run.begin("d").get() == 4)
        }
    }

    // MARK: Rerolls

    @Test("an answer that is not to be given again stays readable, and says so over a restart")
    func reroll() throws {
        try with { run throws in
            try run.record("a", body: "bad")
            try run.record("b")
            let reroll = RerollRecording(run: "r", recording: 1)
            #expect(try run.bench.daemon.call(reroll, by: run.client).get().state == .superseded)
            #expect(try run.bench.daemon.call(reroll, by: run.client).get().state == .superseded)
            try run.bench.daemon.restart()
            run.client = run.bench.daemon.reconnect(run.client)
            #expect(try run.states() == ["1 superseded", "2 completed"])
            #expect(try run.answer(1) == "bad")
            var list = ListRecordings(run: "r")
            list.states = [.superseded]
            #expect(try run.bench.daemon.query(list, by: run.client).items.map(\.recording.number) == [1])
            let counts = try run.bench.daemon.query(GetRun(run: "r", generation: nil), by: run.client)
                .recordings.map { "\($0.state.rawValue) \($0.count)" }
            #expect(counts == ["completed 1", "superseded 1"])
            let history = try run.bench.daemon.query(
                RunHistory(run: "r", after: 0, limit: 100), by: run.client)
            #expect(history.items.filter { $0.kind == "recording.superseded" }.count == 1)
        }
    }

    @Test("what is not completed is not rerolled: it is given to nobody anyway")
    func rerollNothing() throws {
        try with { run throws in
            _ = try run.begin("a").get()
            let reroll = RerollRecording(run: "r", recording: 1)
            #expect(kind(run.bench.daemon.call(reroll, by: run.client)) == .invalidArgument)
            run.fail(1, "a")
            #expect(kind(run.bench.daemon.call(reroll, by: run.client)) == .invalidArgument)
            let none = RerollRecording(run: "r", recording: 9)
            #expect(kind(run.bench.daemon.call(none, by: run.client)) == .invalidArgument)
        }
    }

    @Test("lists come page by page, whatever states are asked for")
    func pages() throws {
        try with { run throws in
            for number in 1...7 { try run.record("c\(number)") }
            run.fail(try run.begin("f").get(), "f")
            var (found, list): ([Int64], ListRecordings) = ([], ListRecordings(run: "r"))
            list.limit = 2
            for _ in 0..<10 {
                let page = try run.bench.daemon.query(list, by: run.client)
                found += page.items.map(\.recording.number)
                if !page.hasMore { break }
                list.after = found.last!
            }
            #expect(found == Array(1...8))
            list.after = 0
            list.states = [.failed]
            let failed = try run.bench.daemon.query(list, by: run.client)
            #expect(failed.items.map(\.recording.number) == [8])
            #expect(!failed.hasMore)
        }
    }
}
