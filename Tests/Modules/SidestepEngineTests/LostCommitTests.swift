import Glibc
import SidestepModel
import SidestepStore
import TestSupport
import Testing

@testable import SidestepEngine
@testable import SidestepSQLite

/// What the daemon remembers besides its database, when a commit fails: nothing of what did not come to stand.
@Suite("A commit that fails")
struct LostCommitTests {
    /// Finds no room on the disk: the batch that it is in is lost.
    private final class FullDisk: WriteJob {
        func perform(_ transaction: any StoreTransaction) throws(Failure) {
            let connection = (transaction as? SQLiteSession)!.connection
            try connection.execute("PRAGMA max_page_count = \(try connection.value("PRAGMA page_count"))")
            defer { try? connection.execute("PRAGMA max_page_count = 1000000000") }
            try connection.execute("CREATE TABLE filler AS SELECT randomblob(10000000)")
        }
    }

    @Test("leaves a long work where the commits before it left it")
    func parts() throws {
        var settings = EngineSettings()
        settings.part.rows = 2
        try EngineBench.with(settings) { bench throws in
            let client = bench.daemon.connect()
            var append = AppendConversation(conversation: "c")
            append.entries = (0..<7).map { ConversationEntry(id: nil, value: Payload(text: "\($0)")) }
            _ = try bench.daemon.call(append, by: client).get()
            let fork = ForkConversation(conversation: "c", target: "d", count: nil)
            bench.daemon.writer.join(FullDisk(), batch: 1)
            let lost = bench.daemon.start(fork, by: client)
            // Its second turn is large, and done by the writer's own thread.
            for _ in 0..<10_000 where lost.result == nil {
                usleep(1000)
                bench.daemon.loop.turn()
            }
            #expect(kind(lost.result) == .storageFull)
            #expect(try bench.daemon.call(fork, by: client).get().length == 7)
            let read = ReadConversation(conversation: "d")
            let entries = try bench.daemon.query(read, by: client)?.entries
            #expect(entries?.map(\.value) == append.entries.map(\.value))
        }
    }

    @Test("leaves no worker that nobody answered")
    func workers() throws {
        try EngineBench.with { bench throws in
            let client = bench.daemon.connect()
            bench.daemon.writer.join(FullDisk())
            #expect(kind(bench.claim(by: client).result) == .storageFull)
            #expect(try bench.daemon.query(ListWorkers(), by: client).isEmpty)
            #expect(bench.claim(by: client).run == nil)
            #expect(try bench.daemon.query(ListWorkers(), by: client).count == 1)
        }
    }

    @Test("leaves no refusal of a breaker; one that its caller heard of is remembered, with nothing written")
    func refusals() throws {
        try EngineBench.with { bench throws in
            let client = bench.daemon.connect()
            let lease = try #require(try bench.resume("r", by: client).lease)
            func begin(_ step: String) -> BeginStep {
                var begin = BeginStep(proof: .text(lease), step: step)
                begin.breaker = "b"
                return begin
            }
            for number in 0..<5 {
                _ = try bench.daemon.call(begin("s\(number)"), by: client).get()
                _ = try bench.daemon.call(FailStep(proof: .text(lease), step: "s\(number)"), by: client).get()
            }
            let run = try #require(try bench.daemon.read { try $0.run(user: nil, id: "r", generation: nil) })
            let refused = bench.daemon.environment.refusedSteps
            bench.daemon.writer.join(FullDisk())
            #expect(kind(bench.daemon.call(begin("late"), by: client)) == .storageFull)
            #expect(refused.of(run: run.key).isEmpty)
            #expect(kind(bench.daemon.call(begin("late"), by: client)) == .circuitOpen)
            #expect(refused.of(run: run.key).map(\.step) == ["late"])
            bench.daemon.environment.closeSession(client.session)
            #expect(refused.of(run: run.key).isEmpty)
        }
    }
}

@Suite("What a connection was granted")
struct GrantedRunsTests {
    @Test("is remembered of the runs it has, and of the last ones it had")
    func bounded() {
        let granted = GrantedRuns(["kept"])
        for number in 0..<10_000 {
            granted.insert("r\(number)")
            granted.end("r\(number)")
        }
        #expect(granted.contains("kept") && granted.contains("r9999") && granted.contains("r9900"))
        #expect(!granted.contains("r0"))
        #expect(granted.count <= 257)
        #expect(granted.any == "kept")
    }

    @Test("tells, after a run's end, that its lease is over, and acknowledges its end again")
    func afterwards() throws {
        try EngineBench.with { bench throws in
            let client = bench.daemon.connect()
            for number in 0..<300 {
                _ = try bench.resume("r\(number)", by: client)
                let end = CompleteRun(proof: .session(run: "r\(number)"), output: nil)
                #expect(try bench.daemon.call(end, by: client).get().status == .completed)
                #expect(try bench.daemon.call(end, by: client).get().status == .completed)
            }
            #expect(bench.daemon.grantedRuns(client.session).count <= 256)
            let late = CompleteStep(proof: .session(run: "r299"), step: "s")
            #expect(kind(bench.daemon.call(late, by: client)) == .runClosed)
        }
    }
}
