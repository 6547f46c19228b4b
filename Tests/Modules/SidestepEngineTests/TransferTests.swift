import Glibc
import SidestepEngine
import SidestepModel
import SidestepProtocol
import SidestepStore
import TestSupport
import Testing

/// Exports, those of this version and those that later versions must still read.
@Suite struct TransferTests {
    @Test("a run that format 1 wrote is imported and goes on where it was")
    func golden() throws {
        try EngineBench.with { bench throws in
            let client = bench.daemon.connect()
            let done = try bench.daemon.call(ImportRun(lines: try Self.golden), by: client).get()
            #expect(done.isNew && done.view?.run.status == .queued)
            let resumed = try bench.resume("golden", by: client) { $0.workflow = "research" }
            #expect(!resumed.created)
            #expect(resumed.checkpoint?.messageCount == 3)
            let lease = try #require(resumed.lease)
            let fetch = try bench.daemon.call(BeginStep(proof: .text(lease), step: "fetch"), by: client).get()
            guard case .completed(let outcome, isReplay: _) = fetch else {
                Issue.record("the step is executed again")
                return
            }
            #expect(outcome.output == Payload(text: #"{"pages": [1, 2.50, 1e3], "text": "t\u00efdes"}"#))
            #expect(
                kind(bench.daemon.call(BeginStep(proof: .text(lease), step: "pay"), by: client))
                    == .stepUnknown)
        }
    }

    @Test("what format 1 wrote is exported again with the same lines")
    func stable() throws {
        try EngineBench.with { bench throws in
            let client = bench.daemon.connect()
            let lines = try Self.golden
            _ = try bench.daemon.call(ImportRun(lines: lines), by: client).get()
            let again = try bench.daemon.query(ExportRun(run: "golden", daemonVersion: "0.1.0"), by: client)
                .lines
            let kinds = { (lines: [RawJSON]) in lines.map { $0["kind"]?.string ?? "" }.sorted() }
            #expect(kinds(again) == kinds(lines))
            for line in lines
            where ["messages", "state", "signal", "promise"].contains(line["kind"]?.string) {
                #expect(again.contains(line), "\(line.text)")
            }
        }
    }

    @Test("what format 2 wrote is exported again with the same bytes")
    func second() throws {
        try EngineBench.with { bench throws in
            let client = bench.daemon.connect()
            let lines = try Self.fixture(2)
            #expect(try bench.daemon.call(ImportRun(lines: lines), by: client).get().isNew)
            let again = try bench.daemon.query(ExportRun(run: "full", daemonVersion: "0.1.0"), by: client)
            // The first line tells when it was written.
            #expect(again.lines.dropFirst().map(\.text) == lines.dropFirst().map(\.text))
        }
    }

    @Test("one message more than the lines of a call may have is refused, and nothing is taken in")
    func limit() throws {
        try EngineBench.with { bench throws in
            let client = bench.daemon.connect()
            let head = try Self.golden.prefix(2)
            func line(_ text: String) -> RawJSON { RawJSON(validated: Payload(text: text)) }
            let branch = line(#"{"kind":"branch","branch":0}"#)
            func messages(_ count: Int) -> RawJSON {
                line(
                    #"{"kind":"messages","branch":0,"from":0,"messages":["#
                        + Array(repeating: "1", count: count).joined(separator: ",") + "]}")
            }
            let tags = try #require(head.last?["tags"]).members.count
            let room = ElementLimit.importElements.standard - tags
            let full = Array(head) + [branch, messages(room)]
            #expect(try bench.daemon.call(ImportRun(lines: full), by: client).get().continuation != nil)
            let over = Array(head) + [branch, messages(room + 1)]
            let refused = bench.daemon.call(ImportRun(lines: over), by: client)
            #expect(kind(refused) == .limitExceeded)
            #expect(limitMet(refused) == "import_elements")
        }
    }

    @Test("an event that comes twice is refused alone, and tells of its line")
    func eventTwice() throws {
        try EngineBench.with { bench throws in
            let client = bench.daemon.connect()
            let event = RawJSON(
                validated: Payload(text: #"{"kind":"event","event":"e","event_id":"same","at":1}"#))
            let lines = Array(try Self.golden.prefix(2)) + [event, event]
            guard case .failure(let failure) = bench.daemon.call(ImportRun(lines: lines), by: client) else {
                Issue.record("it was taken in")
                return
            }
            #expect(failure.kind == .invalidArgument)
            #expect(failure.message.contains("line 4 (event) comes twice"))
        }
    }

    @Test("an import belongs to the user who began it, and does not outlive the daemon")
    func continuation() throws {
        try EngineBench.with { bench throws in
            let (client, other) = (bench.daemon.connect(), bench.daemon.connect(uid: 1001))
            let lines = try Self.golden
            let begun = try bench.daemon.call(ImportRun(lines: Array(lines.prefix(4))), by: client).get()
            var rest = ImportRun(lines: Array(lines.dropFirst(4)))
            rest.continuation = begun.continuation
            #expect(kind(bench.daemon.call(rest, by: other)) == .invalidArgument)
            try bench.daemon.restart()
            let later = bench.daemon.reconnect(client)
            #expect(kind(bench.daemon.call(rest, by: later)) == .invalidArgument)
            bench.daemon.loop.advance(1000)
            #expect(try bench.daemon.read { try $0.statistics() }.beingRemoved == 0)
        }
    }

    private static var golden: [RawJSON] { get throws { try fixture(1) } }

    /// What a daemon wrote when its format had this number.
    private static func fixture(_ format: Int) throws -> [RawJSON] {
        let folder = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
        let path = "/\(folder)/Fixtures/run-format-\(format).jsonl"
        let file = try #require(fopen(path, "r"))
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = fread(&bytes, 1, bytes.count, file)
        return try bytes.prefix(count).split(separator: UInt8(ascii: "\n")).map {
            try RawJSON(parsing: Array($0))
        }
    }
}
