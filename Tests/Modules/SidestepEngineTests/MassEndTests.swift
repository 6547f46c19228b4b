import SidestepEngine
import SidestepModel
import TestSupport
import Testing

/// What ends together, in large numbers.
@Suite struct MassEndTests {
    private static let many = 120

    private func own(_ bench: EngineBench, by client: TestClient, owner: OwnerKind = .connection) throws {
        for number in 0..<Self.many {
            _ = try bench.resume("r\(number)", by: client) { $0.owner.kind = owner }
        }
    }

    private func expectInterrupted(_ bench: EngineBench, since commits: Int) throws {
        for number in [0, Self.many / 2, Self.many - 1] {
            #expect(try bench.status("r\(number)") == .interrupted)
        }
        #expect(bench.daemon.commits.count - commits < 5, "they share their commits")
    }

    @Test("the runs of a process that ends are given up in few commits")
    func process() throws {
        try EngineBench.with { bench in
            let client = bench.daemon.connect()
            try own(bench, by: client, owner: .process)
            let commits = bench.daemon.commits.count
            bench.daemon.kill(client)
            try expectInterrupted(bench, since: commits)
        }
    }

    @Test(
        "the runs of a connection that does not come back are given up in few commits, those that came back stay"
    )
    func connection() throws {
        try EngineBench.with { bench in
            let client = bench.daemon.connect()
            try own(bench, by: client)
            bench.daemon.disconnect(client)
            let kept = try bench.resume("kept", by: bench.daemon.connect())
            #expect(kept.lease != nil)
            let commits = bench.daemon.commits.count
            bench.daemon.loop.advance(EngineSettings().reconnectGraceMilliseconds)
            try expectInterrupted(bench, since: commits)
            #expect(try bench.status("kept") == .running)
        }
    }

    @Test("the runs of owners that died with the daemon are given up in few commits")
    func restart() throws {
        try EngineBench.with { bench in
            let client = bench.daemon.connect()
            try own(bench, by: client, owner: .process)
            bench.daemon.processes.end(client.peer.process)
            let commits = bench.daemon.commits.count
            try bench.daemon.restart()
            try expectInterrupted(bench, since: commits)
        }
    }

    @Test("the waiting calls of a connection that closes are all answered")
    func waiting() throws {
        try EngineBench.with { bench in
            let client = bench.daemon.connect()
            _ = try bench.resume("r", by: bench.daemon.connect())
            let waits = (0..<Self.many).map { _ in
                bench.daemon.start(RunResult(run: "r", waitMilliseconds: 60_000), by: client)
            }
            bench.daemon.disconnect(client)
            bench.daemon.loop.advance(0)
            for wait in waits { #expect(throws: Failure.self) { try wait.result?.get() } }
            #expect(waits.allSatisfy { $0.result != nil })
        }
    }
}
