import SidestepEngine
import SidestepModel
import SidestepProtocol
import SidestepStore
import TestSupport
import Testing

/// When the bodies of recordings go, and what stays.
@Suite struct RecordingForgettingTests {
    private static let day: Int64 = 86_400_000

    /// A recorder that keeps bodies for so long, or until the run completes.
    private func with(
        retain: Int64? = nil, forgets: Bool = false, _ body: (inout RecordingBench) throws -> Void
    ) throws {
        try EngineBench.with { bench throws in
            try bench.daemon.restart()
            var run = try RecordingBench(bench)
            try open(run, retain: retain, forgets: forgets)
            try body(&run)
        }
    }

    private func open(_ run: RecordingBench, retain: Int64? = nil, forgets: Bool = false) throws {
        var open = OpenRecording(proof: .text(run.lease), recorder: "r")
        (open.retainMilliseconds, open.forgetsOnSuccess) = (retain, forgets)
        _ = try run.bench.daemon.call(open, by: run.client).get()
    }

    /// Calls with requests that begin like each other.
    private func record(_ run: RecordingBench, _ count: Int) throws {
        for number in 1...count {
            let bytes = (0...number).map { "piece \($0)." }.joined()
            let cuts = (1...number).map { Int64($0 * 8) }
            let body = BeginRecording.Body(
                bytes: Array(bytes.utf8), cuts: cuts, base: number > 1 ? Int64(number - 1) : nil)
            let begun = try run.begin("c\(number)", body: body).get()
            _ = try run.complete(begun, "c\(number)", body: "answer \(number)", usage: #"{"tokens":3}"#).get()
        }
    }

    private func complete(_ run: RecordingBench) throws {
        _ = try run.bench.daemon.call(CompleteRun(proof: .text(run.lease), output: nil), by: run.client).get()
        run.bench.daemon.loop.advance(1000)
    }

    private func expectForgotten(_ run: RecordingBench, _ number: Int64) throws {
        let found = try run.get(number)
        #expect(found.response == nil && found.request == nil)
        let recording = found.view.recording
        #expect(recording.forgotten != nil && recording.state == .completed)
        #expect(String(decoding: recording.request.keys, as: UTF8.self) == "[]")
        #expect(recording.usage != nil && recording.response.status == 200)
    }

    @Test("bodies go when the run completes, where that was asked for; what they used stays")
    func onSuccess() throws {
        try with(forgets: true) { run throws in
            try record(run, 5)
            #expect(try run.answer(5) == "answer 5")
            try complete(run)
            for number in 1...5 { try expectForgotten(run, Int64(number)) }
        }
    }

    @Test("nothing goes when a run fails that was to forget on success, and nothing without being asked")
    func onFailure() throws {
        try with(forgets: true) { run throws in
            try record(run, 2)
            let cause = AttemptError(retryable: false)
            let fail = FailRun(proof: .text(run.lease), error: nil, cause: cause, attempt: nil)
            _ = try run.bench.daemon.call(fail, by: run.client).get()
            run.bench.daemon.loop.advance(2 * Self.day)
            #expect(try run.answer(2) == "answer 2")
        }
        try with { run throws in
            try record(run, 1)
            try complete(run)
            run.bench.daemon.loop.advance(20 * Self.day)
            #expect(try run.answer(1) == "answer 1")
        }
    }

    @Test("bodies stay for the time that was named, and go with the retention that comes after it")
    func afterSpan() throws {
        try with(retain: 7 * Self.day) { run throws in
            try record(run, 3)
            try complete(run)
            run.bench.daemon.loop.advance(6 * Self.day)
            #expect(try run.answer(3) == "answer 3")
            run.bench.daemon.loop.advance(2 * Self.day)
            for number in 1...3 { try expectForgotten(run, Int64(number)) }
        }
    }

    @Test("more bodies than one transaction deletes go one after the other")
    func many() throws {
        try with(forgets: true) { run throws in
            for number in 1...700 { try run.record("c\(number)", body: "answer \(number)") }
            try complete(run)
            run.bench.daemon.loop.advance(Self.day)
            for number in [1, 350, 700] as [Int64] { #expect(try run.answer(number) == nil) }
        }
    }

    @Test("what a fork reads stays as long as the fork, and goes after it")
    func forks() throws {
        try with(retain: 0) { run throws in
            try record(run, 4)
            var fork = ForkRun(run: "r")
            (fork.newRun, fork.point) = ("f", .recording(3))
            _ = try run.bench.daemon.call(fork, by: run.client).get()
            try complete(run)
            run.bench.daemon.loop.advance(2 * Self.day)
            #expect(try run.answer(2, of: "f") == "answer 2")
            #expect(try run.get(2).request != nil)
            try expectForgotten(run, 4)
            _ = try run.bench.daemon.call(DeleteRun(run: "f"), by: run.client).get()
            run.bench.daemon.loop.advance(2 * Self.day)
            try expectForgotten(run, 2)
        }
    }

    @Test("an answer that comes when its request has gone is not kept either")
    func late() throws {
        try with(forgets: true) { run throws in
            let number = try run.begin("late", body: .init(bytes: Array("asked".utf8))).get()
            try complete(run)
            let ended = try run.complete(number, "late", body: "came").get()
            #expect(ended.recording.forgotten != nil)
            #expect(try run.answer(number) == nil)
        }
    }

    @Test("an export without recordings has no body and no key, and what it becomes elsewhere has none")
    func exports() throws {
        try with { run throws in
            try record(run, 2)
            try complete(run)
            var export = ExportRun(run: "r", daemonVersion: "1")
            export.leavesBodiesOut = true
            let lines = try run.bench.daemon.query(export, by: run.client).lines
            let text = lines.map { String(decoding: $0.bytes, as: UTF8.self) }.joined(separator: "\n")
            for word in ["piece", "answer", #"["k"]"#, "secret"] { #expect(!text.contains(word)) }
            var take = ImportRun(lines: lines)
            take.name = "copy"
            _ = try run.bench.daemon.call(take, by: run.client).get()
            let found = try run.get(1, of: "copy")
            #expect(found.response == nil && found.view.recording.forgotten != nil)
            #expect(found.view.recording.response.bytes == 8)
            // What was forgotten is exported as such.
            let again = try run.bench.daemon.query(
                ExportRun(run: "copy", daemonVersion: "1"), by: run.client)
            #expect(again.lines.contains { $0["kind"]?.string == "recording_end" && $0["text"] == nil })
        }
    }
}
