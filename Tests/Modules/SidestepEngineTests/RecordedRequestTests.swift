import SidestepEngine
import SidestepModel
import SidestepProtocol
import SidestepStore
import TestSupport
import Testing

@Suite struct RecordedRequestTests {
    private func with(_ body: (inout RecordingBench) throws -> Void) throws {
        try EngineBench.with { bench throws in
            var recorder = try RecordingBench(bench)
            try body(&recorder)
        }
    }

    private func body(_ pieces: [String], base: Int64? = nil) -> BeginRecording.Body {
        var (bytes, cuts): ([UInt8], [Int64]) = ([], [])
        for piece in pieces {
            bytes += Array(piece.utf8)
            cuts.append(Int64(bytes.count))
        }
        return BeginRecording.Body(bytes: bytes, cuts: cuts, base: base)
    }

    private func request(_ number: Int64, _ run: RecordingBench) throws -> String? {
        try run.get(number).request.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test("a request is given back byte for byte, whatever it shares with others")
    func bytes() throws {
        try with { run throws in
            let requests: [([String], base: Int64?)] = [
                (["{", "a", "b", "}"], nil), (["{", "a", "b", "c", "}"], 1), (["{", "x", "}"], 2), ([], nil),
                (["{", "a", "b", "c", "}"], 2), (["{", "a"], 5), (["new"], 1), (["\u{0}é"], nil),
            ]
            for (index, (pieces, base)) in requests.enumerated() {
                let number = try run.begin("c\(index)", body: body(pieces, base: base)).get()
                #expect(try request(number, run) == pieces.joined())
            }
            #expect(try run.get(try run.begin("none").get()).request == nil)
        }
    }

    @Test("cuts that are none and a base that is not there are refused, and nothing is begun")
    func refused() throws {
        try with { run throws in
            let bytes = Array("abc".utf8)
            for cuts in [[2, 1], [4], [-1]] as [[Int64]] {
                let body = BeginRecording.Body(bytes: bytes, cuts: cuts)
                #expect(kind(run.begin("a", body: body)) == .invalidArgument)
            }
            let body = BeginRecording.Body(bytes: bytes, base: 7)
            #expect(kind(run.begin("a", body: body)) == .invalidArgument)
            #expect(try run.states().isEmpty)
        }
    }

    /// Sixty turns, each of which sends all of the conversation: a question and an answer of 2 KiB come with each.
    private func converse(_ run: RecordingBench, turns: Int, withBase: Bool) throws -> Int {
        var (pieces, distinct): ([String], Int) = ([#"{"model":"m","messages":["#], 0)
        for turn in 1...turns {
            for role in ["user", "tool"] {
                let text = (0..<200).map { "\(role) \(turn) \($0)" }.joined(separator: " ")
                pieces.append(#"{"role":"\#(role)","content":"\#(text.prefix(2000))"},"#)
                distinct += pieces.last!.utf8.count
            }
            let base = withBase && turn > 1 ? Int64(turn - 1) : nil
            let number = try run.begin("t\(turn)", body: body(pieces + ["]}"], base: base)).get()
            _ = try run.complete(number, "t\(turn)", body: "ok").get()
        }
        return distinct
    }

    @Test(
        "sixty turns that grow by 4 KiB take at most 1.3 times their text, rows and indexes among it",
        arguments: [(true, 1.3), (false, 1.8)])
    func sixtyTurns(withBase: Bool, most: Double) throws {
        try with { run throws in
            // What a run without requests takes, and the tables themselves.
            _ = try run.begin("first").get()
            let before = try usedBytes(run)
            let distinct = try converse(run, turns: 60, withBase: withBase)
            let stored = try usedBytes(run) - before
            #expect(Double(stored) <= most * Double(distinct), "\(stored) bytes for \(distinct)")
            #expect(try request(61, run)?.utf8.count ?? 0 > distinct)
        }
    }

    /// The pages of the database that are in use.
    private func usedBytes(_ run: RecordingBench) throws -> Int64 {
        let statistics = try run.bench.daemon.read { try $0.statistics() }
        return statistics.bytes - statistics.freeBytes
    }

    @Test("a chain of requests has an end, past which one is written down whole")
    func longChains() throws {
        try with { run throws in
            var pieces = ["a"]
            for turn in 1...300 {
                pieces.append("\(turn) ")
                let base = turn > 1 ? Int64(turn - 1) : nil
                _ = try run.begin("t\(turn)", body: body(pieces, base: base)).get()
            }
            #expect(try request(300, run) == pieces.joined())
            #expect(try run.get(257).view.recording.body?.depth == 256)
            #expect(try run.get(258).view.recording.body?.depth == 0)
        }
    }

    @Test("two requests are compared by the places where they differ")
    func differences() throws {
        try with { run throws in
            _ = try run.begin("a", body: body([#"{"m":["x","12:00"],"n":1}"#])).get()
            _ = try run.begin("b", body: body(["no json"])).get()
            _ = try run.begin("c", body: body([#"{"n":1,"m":["x","12:01","y"]}"#])).get()
            _ = try run.begin("d").get()
            var diff = DiffRecordings(run: "r", recording: 3)
            diff.other = 1
            let found = try run.bench.daemon.query(diff, by: run.client)
            #expect(found.differences.map(\.pointer) == ["/m/1", "/m/2"])
            #expect(found.differences.map(\.before) == ["12:00", nil])
            #expect(found.differences.map(\.after) == ["12:01", #""y""#])
            diff.other = nil
            #expect(try run.bench.daemon.query(diff, by: run.client).other == 2)
            for (recording, other) in [(1, nil), (4, 1), (1, 9)] as [(Int64, Int64?)] {
                var diff = DiffRecordings(run: "r", recording: recording)
                diff.other = other
                #expect(throws: Failure.self) { try run.bench.daemon.query(diff, by: run.client) }
            }
            let other = try RecordingBench(run.bench, run: "other")
            _ = try other.begin("a", body: body([#"{"m":["x"],"n":1}"#])).get()
            diff = DiffRecordings(run: "other", recording: 1)
            diff.against = "r"
            let across = try run.bench.daemon.query(diff, by: run.client)
            #expect(across.differences.map(\.pointer) == ["/m/1"])
        }
    }
}
