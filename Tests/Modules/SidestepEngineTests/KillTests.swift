import SidestepEngine
import SidestepModel
import TestSupport
import Testing

/// Owners that the daemon is asked to end, and may not.
@Suite struct KillTests {
    private let reason = "Operation not permitted"

    @Test("an owner that the daemon may not end: the caller is told so at once, and what else to do")
    func owned() throws {
        try EngineBench.with { bench in
            _ = try bench.resume("r", by: bench.daemon.connect())
            bench.daemon.processes.refuseSignals(reason)
            let refused = failure { try bench.resume("r", by: bench.daemon.connect()) { $0.ifOwned = .kill } }
            #expect(refused?.kind == .notPermitted)
            #expect(refused?.message.hasSuffix(reason) == true)
            #expect(refused?.hint?.contains("take_over") == true)
            #expect(try bench.status("r") == .running)
        }
    }

    @Test("a cancel that cannot end the process says so, and the request to end stands")
    func cancelled() throws {
        try EngineBench.with { bench in
            _ = try bench.resume("r", by: bench.daemon.connect())
            bench.daemon.processes.refuseSignals(reason)
            var cancel = CancelRun(run: "r", reason: nil, graceMilliseconds: 1000)
            cancel.kills = true
            let refused = failure { try bench.daemon.call(cancel, by: bench.daemon.connect()).get() }
            #expect(refused?.kind == .notPermitted)
            #expect(refused?.message.hasPrefix("the run was asked to end, but the daemon cannot end") == true)
            bench.daemon.loop.advance(1000)
            #expect(try bench.status("r") == .cancelled)
        }
    }

    private func resume(_ run: String, by client: TestClient, on bench: EngineBench)
        -> TestDaemon.Pending<ResumeRun.Result>
    {
        var resume = ResumeRun(
            owner: .init(kind: .process, process: client.peer.process, ttlMilliseconds: nil))
        resume.run = run
        return bench.daemon.start(resume, by: client)
    }

    @Test("who starts a killed program again at once is not refused before the word of its death has come")
    func restartedAtOnce() throws {
        try EngineBench.with { bench in
            let first = bench.daemon.connect()
            _ = try resume("r", by: first, on: bench).result?.get()
            #expect(kind(resume("r", by: bench.daemon.connect(), on: bench).result) == .runOwned, "it lives")
            bench.daemon.processes.endUntold(first.peer.process)
            let second = resume("r", by: bench.daemon.connect(), on: bench)
            #expect(second.result == nil)
            bench.daemon.kill(first)
            let granted = try second.result?.get()
            #expect(granted?.lease != nil)
        }
    }

    @Test("a death that nobody is told of is not waited for without an end")
    func noWord() throws {
        try EngineBench.with { bench in
            let first = bench.daemon.connect()
            _ = try resume("r", by: first, on: bench).result?.get()
            bench.daemon.processes.endUntold(first.peer.process)
            let second = resume("r", by: bench.daemon.connect(), on: bench)
            bench.daemon.loop.advance(2000)
            #expect(kind(second.result) == .runOwned)
        }
    }

    private func failure<Value>(of body: () throws -> Value) -> Failure? {
        do {
            _ = try body()
            return nil
        } catch {
            return error as? Failure
        }
    }
}
