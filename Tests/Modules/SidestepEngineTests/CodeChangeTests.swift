import SidestepModel
import TestSupport
import Testing

@testable import SidestepEngine

@Suite("Other code")
struct CodeChangeTests {
    @Test("that a process brings along over a reconnection pauses its run, which has no owner then")
    func pausedOverReconnection() throws {
        try EngineBench.with { bench throws in
            let client = bench.daemon.connect()
            let run = try bench.resume("r", by: client) { $0.codeVersion = "1" }.run
            #expect(bench.daemon.coordinator.owners[run.key] != nil)
            bench.daemon.disconnect(client)
            var again = ResumeRun(
                owner: .init(kind: .connection, process: client.peer.process, ttlMilliseconds: nil))
            (again.run, again.codeVersion, again.onCodeChange) = ("r", "2", .pause)
            #expect(kind(bench.daemon.call(again, by: bench.daemon.reconnect(client))) == .runPaused)
            #expect(try bench.status("r") == .paused)
            #expect(bench.daemon.coordinator.owners[run.key] == nil)
        }
    }
}
