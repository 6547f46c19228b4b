import SidestepEngine
import SidestepModel
import SidestepStore
import TestSupport
import Testing

@Suite struct RecordingForkTests {
    private func with(_ body: (inout RecordingBench) throws -> Void) throws {
        try EngineBench.with { bench throws in
            var recorder = try RecordingBench(bench)
            try body(&recorder)
        }
    }

    private func fork(
        _ run: RecordingBench, _ name: String, at point: ForkPoint = .end, answer: String? = nil
    ) throws {
        var fork = ForkRun(run: run.run)
        (fork.newRun, fork.point) = (name, point)
        fork.answer = answer.map { ForkedAnswer(RecordedResponse(), body: Array($0.utf8)) }
        _ = try run.bench.daemon.call(fork, by: run.client).get()
    }

    @Test("a fork has what was completed before it, under the same numbers, and its own go on after them")
    func shared() throws {
        try with { run throws in
            let secret = try run.open().secret
            try run.record("a", body: "one")
            _ = try run.begin("open").get()
            run.fail(try run.begin("f").get(), "f")
            try run.record("b", body: "four")
            try fork(run, "f")
            try run.record("c")
            #expect(try run.complete(2, "open").get().recording.number == 2)
            let branch = try RecordingBench(run.bench, run: "f")
            #expect(try branch.open().secret == secret)
            #expect(try branch.states() == ["1 completed", "4 completed"])
            #expect(try branch.answer(4) == "four")
            #expect(try branch.begin("x").get() == 5)
            #expect(try branch.states() == ["1 completed", "4 completed", "5 started"])
            #expect(try run.states().count == 5)
            let counts = try run.bench.daemon.query(GetRun(run: "f", generation: nil), by: run.client)
            #expect(
                counts.recordings.map { "\($0.state.rawValue) \($0.count)" } == ["started 1", "completed 2"])
            #expect(counts.usage.isEmpty, "what it shares was paid for once")
        }
    }

    @Test("a fork at a recording makes that call again, or goes on from another answer")
    func atRecording() throws {
        try with { run throws in
            for (call, body) in [("a", "one"), ("b", "two"), ("c", "three")] {
                try run.record(call, body: body)
            }
            try fork(run, "again", at: .recording(2))
            #expect(try run.states(of: "again") == ["1 completed"])
            try fork(run, "other", at: .recording(2), answer: "edited")
            #expect(try run.states(of: "other") == ["1 completed", "2 completed"])
            #expect(try run.answer(2, of: "other") == "edited")
            #expect(try run.answer(2) == "two")
            let (own, source) = (try run.get(2, of: "other").view, try run.get(2).view)
            #expect(own.recording.request == source.recording.request)
            #expect(own.recording.response.status == 200)
            #expect(own.recording.usageSource == UsageSource.none)
            let branch = try RecordingBench(run.bench, run: "other")
            #expect(try branch.begin("x").get() == 3)
            try fork(branch, "deeper")
            #expect(try run.answer(2, of: "deeper") == "edited")
            let shown = try run.bench.daemon.query(GetRun(run: "other", generation: nil), by: run.client)
            #expect(shown.lineage?.point == .recording(2))
            try fork(run, "other", at: .recording(2), answer: "sent again")
            #expect(try run.answer(2, of: "other") == "edited")
        }
    }

    @Test("a call that failed may get an answer in a fork")
    func answered() throws {
        try with { run throws in
            try run.record("a")
            run.fail(try run.begin("b").get(), "b")
            try fork(run, "f", at: .recording(2), answer: "as if")
            #expect(try run.states(of: "f") == ["1 completed", "2 completed"])
            #expect(try run.answer(2, of: "f") == "as if")
        }
    }

    @Test("an answer that a fork does not want is still good in its source, and the other way round")
    func rerolls() throws {
        try with { run throws in
            try run.record("a")
            try run.record("b")
            try fork(run, "f")
            _ = try run.bench.daemon.call(RerollRecording(run: "f", recording: 1), by: run.client).get()
            _ = try run.bench.daemon.call(RerollRecording(run: "r", recording: 2), by: run.client).get()
            #expect(try run.states() == ["1 completed", "2 superseded"])
            #expect(try run.states(of: "f") == ["1 superseded", "2 completed"])
            try fork(run, "later")
            #expect(try run.states(of: "later") == ["1 completed", "2 superseded"])
        }
    }

    // MARK: Removal

    /// How many bodies and pieces are left, of the first eight there ever were.
    private func left(_ run: RecordingBench) throws -> Int64 {
        run.bench.daemon.loop.advance(20_000)
        return try run.bench.daemon.read { store in
            (1...8).reduce(Int64(0)) { sum, key in
                sum + ((try? store.recordingBlock(Int64(key))) == nil ? 0 : 1)
            }
        }
    }

    private func delete(_ name: String, _ run: RecordingBench) throws {
        _ = try run.bench.daemon.call(DeleteRun(run: name), by: run.client).get()
    }

    @Test("a removed run takes its recordings and their bytes along, but for what its forks need")
    func removal() throws {
        try with { run throws in
            let pieces = BeginRecording.Body(bytes: Array("shared, more".utf8), cuts: [6, 8])
            _ = try run.begin("a", body: BeginRecording.Body(bytes: Array("shared".utf8))).get()
            _ = try run.complete(1, "a", body: "one").get()
            _ = try run.begin("b", body: pieces).get()
            _ = try run.complete(2, "b", body: "two").get()
            try fork(run, "f", at: .recording(2))
            try fork(run, "edited", at: .recording(2), answer: "three")
            _ = try run.bench.daemon.call(CompleteRun(proof: .text(run.lease), output: nil), by: run.client)
                .get()
            #expect(try left(run) == 6, "three pieces and three answers")
            try delete("r", run)
            #expect(try left(run) == 5, "one answer is needed by nobody")
            #expect(try run.answer(1, of: "f") == "one")
            let request = try run.get(2, of: "edited").request.map { String(decoding: $0, as: UTF8.self) }
            #expect(request == "shared, more")
            try delete("edited", run)
            #expect(try left(run) == 2)
            #expect(try run.answer(1, of: "f") == "one")
            try delete("f", run)
            #expect(try left(run) == 0)
        }
    }
}
