import SidestepEngine
import SidestepModel
import SidestepProtocol
import SidestepStore
import TestSupport
import Testing

/// What leaves one daemon arrives in another, all of it.
@Suite struct TransferRoundTripTests {
    @Test(
        "a run with all a run can have goes through an empty daemon byte for byte",
        arguments: [1, 300, 1 << 20])
    func bytes(pageBytes: Int) throws {
        try EngineBench.with { here throws in
            let client = here.daemon.connect()
            try record("full", here, client)
            let lines = try export("full", pageBytes, here, client)
            let kinds = Set(lines.compactMap { $0["kind"]?.string })
            #expect(
                kinds.isSuperset(of: [
                    "branch", "messages", "step", "entry", "checkpoint", "signal", "promise", "state",
                    "budget",
                    "stream", "items", "stream_end", "artifact", "event", "recorder", "recording",
                    "recording_end", "reroll", "end",
                ]))
            try EngineBench.with { there throws in
                let other = there.daemon.connect()
                #expect(try take(lines, there, other).isNew)
                #expect(texts(try export("full", pageBytes, there, other)) == texts(lines))
            }
        }
    }

    @Test("what came in reads like what went out")
    func contents() throws {
        try EngineBench.with { here throws in
            let client = here.daemon.connect()
            try record("full", here, client)
            let lines = try export("full", 1 << 20, here, client)
            var copy = ImportRun(lines: lines)
            copy.name = "copy"
            _ = try here.daemon.call(copy, by: client).get()
            let diff = try here.daemon.query(DiffRuns(run: "full", other: "copy"), by: client)
            #expect(diff.isSameInput && diff.isSameOutput && diff.differences.isEmpty && diff.same == 2)
            let get = GetArtifact(run: "copy", artifact: "report", version: 1)
            let first = try here.daemon.query(get, by: client).artifact
            #expect(first.content == Payload(text: #""draft""#) && first.type == .markdown)
            let streams = try here.daemon.query(ListStreams(run: "copy"), by: client)
            #expect(streams.map(\.name) == ["open", "closed", "compacted"])
            #expect(streams.map(\.next) == [3, 1, 2])
            #expect(streams.map(\.isCompacted) == [false, false, true])
            let budgets = try here.daemon.query(GetBudget(run: "copy"), by: client)
            #expect(budgets.map(\.amount) == [100, 60_000] && budgets.map(\.used) == [7, 40])
            // An id of an event stays with who used it first; nobody is told of an event twice.
            let events = try self.events("copy", here, client)
            #expect(events.map(\.event.value) == [Payload(text: "1"), nil])
            #expect(events.allSatisfy { $0.event.eventID == nil })
            #expect(try self.events("full", here, client).map(\.event.eventID) == ["e-1", nil])
        }
    }

    @Test("a fork takes along all that it reads from its origins, and can be forked at any of it")
    func fork() throws {
        try EngineBench.with { here throws in
            let client = here.daemon.connect()
            try record("full", here, client)
            var fork = ForkRun(run: "full")
            fork.newRun = "branch"
            _ = try here.daemon.call(fork, by: client).get()
            let shown = try here.daemon.query(GetRun(run: "branch", generation: nil), by: client)
            let lines = try export("branch", 200, here, client)
            let earlier = try #require(lines.first { $0["kind"]?.string == "checkpoint" })
            let saved = try #require(earlier["checkpoint"]?.string)
            try EngineBench.with { there throws in
                let other = there.daemon.connect()
                #expect(try take(lines, there, other).isNew)
                #expect(texts(try export("branch", 200, there, other)) == texts(lines))
                let got = try there.daemon.query(GetRun(run: "branch", generation: nil), by: other)
                #expect(got.lineage == shown.lineage && got.lineage?.source == "full")
                #expect(got.checkpoint == shown.checkpoint)
                var deeper = ForkRun(run: "branch")
                deeper.newRun = "deeper"
                deeper.point = .checkpoint(saved)
                _ = try there.daemon.call(deeper, by: other).get()
                let list = ListSteps(run: "deeper", after: nil, status: nil, limit: 10, maxBytes: 1 << 20)
                #expect(try there.daemon.query(list, by: other).items.map(\.step.name) == ["first"])
                let recordings = try there.daemon.query(ListRecordings(run: "branch"), by: other).items
                #expect(
                    recordings.map { "\($0.recording.number) \($0.state.rawValue)" }
                        == ["1 superseded", "2 completed", "4 completed"])
                let last = GetRecording(run: "branch", recording: 4)
                #expect(try there.daemon.query(last, by: other).response == [255, 0])
            }
        }
    }

    @Test("a run that waits for its time waits for it where it lands; one asked to end ends there")
    func times() throws {
        try EngineBench.with { here throws in
            let client = here.daemon.connect()
            try here.enqueue("later", by: client) { $0.delay = 5000 }
            try here.enqueue("undo", by: client) { $0.compensates = true }
            _ = try here.daemon.call(
                CancelRun(run: "undo", reason: "no", graceMilliseconds: 3000), by: client
            ).get()
            let all = try ["later", "undo"].map { try export($0, 1 << 20, here, client) }
            try EngineBench.with { there throws in
                let other = there.daemon.connect()
                for lines in all { _ = try take(lines, there, other) }
                #expect(try there.status("undo") == .queued)
                there.daemon.loop.advance(3001)
                #expect(try there.status("undo") == .cancelled)
                #expect(there.claim(by: other).run == nil)
                there.daemon.loop.advance(2000)
                #expect(there.claim(by: other).run == "later")
            }
        }
    }

    @Test("a line that is broken, missing or out of place is refused by its number in the export")
    func broken() throws {
        try EngineBench.with { here throws in
            let client = here.daemon.connect()
            try record("full", here, client)
            let lines = try export("full", 1 << 20, here, client)
            try EngineBench.with { there throws in
                let other = there.daemon.connect()
                var refusals = 0
                for (index, line) in lines.enumerated() {
                    guard let kind = line["kind"]?.string, kind != "sidestep-run" else { continue }
                    var wrong = lines
                    wrong[index] = RawJSON(validated: Payload(text: #"{"kind":"\#(kind)","lines":1}"#))
                    let problem = refusal(wrong, there, other)
                    #expect(problem?.kind == .invalidArgument, "\(kind)")
                    #expect(problem?.message.hasPrefix("line \(index + 1) (\(kind))") == true, "\(problem!)")
                    // The last of its kind may be missed by nobody but the count.
                    var missing = lines
                    missing.remove(at: index)
                    if kind != "end", kind != "run" {
                        #expect(refusal(missing, there, other) != nil, "without line \(index + 1), \(kind)")
                    }
                    refusals += 1
                }
                #expect(refusals == lines.count - 1)
                #expect(try there.status("full") == nil)
                #expect(try take(lines, there, other).isNew)
            }
        }
    }

    /// The lines but for the first, which tells when they were written.
    private func texts(_ lines: [RawJSON]) -> [String] { lines.dropFirst().map(\.text) }

    // MARK: Playing

    /// A closed run that has something of everything.
    private func record(_ run: String, _ bench: EngineBench, _ client: TestClient) throws {
        let resumed = try bench.resume(run, by: client) { new in
            new.input = Payload(text: #"{"n": 1.50}"#)
            new.budget = [(.tokens, 100), (.wallMilliseconds, 60_000)]
            new.tags = [("team", "oceans")]
        }
        let proof = LeaseProof.text(try #require(resumed.lease))
        func play(_ command: some Command) throws {
            _ = try bench.daemon.call(command, by: client).get()
        }
        var first = CompleteStep(proof: proof, step: "first")
        first.output = Payload(text: #"{"pages": [1, 2.50, 1e3]}"#)
        first.usage = Payload(text: #"{"input_tokens":7}"#)
        try play(first)
        try save(["m1", "m2"], keep: 0, proof, bench, client)
        try play(CompleteStep(proof: proof, step: "second"))
        try save(["m3"], keep: 1, proof, bench, client)
        for (items, from) in [("[1, 2]", 0), (#"["\u00ef"]"#, 2)] {
            try play(
                AppendToStream(proof: proof, stream: "open", items: Payload(text: items), from: Int64(from)))
        }
        for name in ["closed", "compacted"] {
            let items = Payload(text: name == "closed" ? "[{}]" : "[1,2]")
            try play(AppendToStream(proof: proof, stream: name, items: items, from: nil))
            try play(
                CloseStream(
                    proof: proof, stream: name, final: Payload(text: #""all""#),
                    isCompacting: name == "compacted"))
        }
        for text in ["draft", "final"] {
            var put = PutArtifact(proof: proof, artifact: "report", type: .markdown)
            put.content = Payload(text: "\"\(text)\"")
            try play(put)
        }
        var told = EmitEvent(event: "told")
        (told.proof, told.value, told.eventID) = (proof, Payload(text: "1"), "e-1")
        try play(told)
        var bare = EmitEvent(event: "bare")
        bare.proof = proof
        try play(bare)
        bench.signal(run, "go", "[1]", id: "s-1", by: client)
        try play(CreatePromise(proof: proof, promise: "quote", metadata: nil))
        try play(SetState(proof: proof, name: "k", value: Payload(text: "1.0")))
        try recordCalls(run, proof, bench, client)
        bench.daemon.loop.advance(40)
        try play(CompleteRun(proof: proof, output: Payload(text: #""done""#)))
    }

    /// Calls that came to something, to nothing, and to no end; the second ends before the first.
    private func recordCalls(
        _ run: String, _ proof: LeaseProof, _ bench: EngineBench, _ client: TestClient
    ) throws {
        _ = try bench.daemon.call(OpenRecording(proof: proof, recorder: "r"), by: client).get()
        var asked = RecordedRequest(
            upstream: "openai", httpMethod: "POST", path: "/v1", keys: Payload(text: #"["k0","k1"]"#))
        (asked.model, asked.isStream, asked.toolRefs) = ("m", true, Payload(text: #"["t1"]"#))
        for (number, base) in [(1, nil), (2, 1), (3, 2), (4, 2), (5, 4)] as [(Int, Int64?)] {
            var begin = BeginRecording(proof: proof, recorder: "r", call: "\(run) \(number)", request: asked)
            begin.body = .init(
                bytes: [0] + Array("same, and \(number)".utf8), cuts: [7, 11], base: base)
            begin.reserve = number == 5 ? Payload(text: #"{"calls":2}"#) : nil
            _ = try bench.daemon.call(begin, by: client).get()
        }
        var response = RecordedResponse()
        (response.status, response.headers) = (200, Payload(text: #"[["a","b"]]"#))
        (response.contentType, response.splits) = ("text/plain", Payload(text: "[0, 3]"))
        (response.toolIDs, response.finish) = (Payload(text: #"["t2"]"#), "stop")
        response.pauses = Payload(text: "[3, 0, 1]")
        (response.firstByteMilliseconds, response.durationMilliseconds) = (3, 4)
        for number in [2, 1, 4] as [Int64] {
            let fence = RecordingFence(run: run, recording: number, call: "\(run) \(number)")
            var complete = CompleteRecording(
                fence, response: response, body: number == 4 ? [255, 0] : Array("é\(number)".utf8))
            (complete.source, complete.model, complete.tries) = (UsageSource.none, "m-1", 2)
            _ = try bench.daemon.call(complete, by: client).get()
        }
        var fail = FailRecording(RecordingFence(run: run, recording: 3, call: "\(run) 3"), .failed)
        (fail.status, fail.message, fail.usage) = (529, "busy", Payload(text: #"{"seats":1}"#))
        _ = try bench.daemon.call(fail, by: client).get()
        var reroll = RerollRecording(run: run, recording: 1)
        reroll.supersededBy = 2
        _ = try bench.daemon.call(reroll, by: client).get()
    }

    private func save(
        _ messages: [String], keep: Int64, _ proof: LeaseProof, _ bench: EngineBench, _ client: TestClient
    ) throws {
        var save = SaveCheckpoint(proof: proof)
        save.messages = .append(keep: keep, messages.map { Payload(text: "\"\($0)\"") })
        save.state = Payload(text: #"{"long":"0123456789012345678901234567890123456789"}"#)
        _ = try bench.daemon.call(save, by: client).get()
    }

    private func events(
        _ run: String, _ bench: EngineBench, _ client: TestClient
    ) throws -> [EventView] {
        let list = ListEvents(event: nil, run: run, after: 0, limit: 10, waitMilliseconds: 0)
        return try bench.daemon.call(list, by: client).get().items
    }

    private func export(
        _ run: String, _ pageBytes: Int, _ bench: EngineBench, _ client: TestClient
    ) throws -> [RawJSON] {
        var lines: [RawJSON] = []
        var export = ExportRun(run: run, daemonVersion: "test")
        export.maxBytes = pageBytes
        repeat {
            let page = try bench.daemon.query(export, by: client)
            lines += page.lines
            export.cursor = try page.next.map { try #require(ExportCursor($0.text)) }
        } while export.cursor != nil
        return lines
    }

    /// In pieces of seven lines, as a long export comes.
    private func take(
        _ lines: [RawJSON], _ bench: EngineBench, _ client: TestClient
    ) throws -> ImportRun.Result {
        var done: ImportRun.Result?
        for start in stride(from: 0, to: lines.count, by: 7) {
            var take = ImportRun(lines: Array(lines[start..<min(start + 7, lines.count)]))
            take.continuation = done?.continuation
            done = try bench.daemon.call(take, by: client).get()
        }
        return try #require(done)
    }

    private func refusal(_ lines: [RawJSON], _ bench: EngineBench, _ client: TestClient) -> Failure? {
        do {
            _ = try take(lines, bench, client)
            return nil
        } catch { return error as? Failure }
    }
}
