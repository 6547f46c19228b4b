import SidestepModel
import SidestepStore
import TestSupport
import Testing

@testable import SidestepEngine

@Suite("A user at his number of runs")
struct QuotaTests {
    private func with(runs: Int, _ body: (EngineBench) throws -> Void) throws {
        var settings = EngineSettings()
        settings.limits.userRuns = runs
        try EngineBench.with(settings, body)
    }

    private func enqueue(
        _ run: String, in bench: EngineBench, uid: UserID = 1000, _ change: (inout NewRun) -> Void = { _ in }
    ) -> Result<EnqueueRun.Result, Failure> {
        var new = NewRun(workflow: "w")
        change(&new)
        return bench.daemon.call(EnqueueRun(run: run, new: new), by: bench.daemon.connect(uid: uid))
    }

    @Test("gets no new run, and what exists is found, goes on and ends")
    func refused() throws {
        try with(runs: 2) { bench in
            let client = bench.daemon.connect()
            let lease = try bench.resume("a", by: client).lease!
            _ = try enqueue("b", in: bench).get()
            let refused = enqueue("c", in: bench)
            #expect(kind(refused) == .limitExceeded)
            #expect(limitMet(refused) == "user_runs")
            #expect(try enqueue("b", in: bench).get().created == false)
            _ = try bench.daemon.call(CompleteStep(proof: .text(lease), step: "s"), by: client).get()
            _ = try bench.daemon.call(CompleteRun(proof: .text(lease), output: nil), by: client).get()
            #expect(try bench.status("a") == .completed)
            #expect(kind(enqueue("c", in: bench)) == .limitExceeded)
        }
    }

    @Test("has room again when a run is deleted")
    func room() throws {
        try with(runs: 1) { bench in
            let client = bench.daemon.connect()
            _ = try enqueue("a", in: bench).get()
            #expect(kind(enqueue("b", in: bench)) == .limitExceeded)
            _ = try bench.daemon.call(DeleteRun(run: "a"), by: client).get()
            _ = try enqueue("b", in: bench).get()
        }
    }

    @Test("leaves others theirs; an administrator, root and the daemon's own user have no limit")
    func others() throws {
        try with(runs: 1) { bench in
            for uid: UserID in [1000, 1001] { _ = try enqueue("a", in: bench, uid: uid).get() }
            #expect(kind(enqueue("b", in: bench, uid: 1001)) == .limitExceeded)
            for run in ["a", "b", "c"] { _ = try enqueue(run, in: bench, uid: 0).get() }
        }
    }

    @Test("may begin children of a run that is open, up to twice the number")
    func children() throws {
        try with(runs: 1) { bench in
            _ = try enqueue("a", in: bench).get()
            _ = try enqueue("a/1", in: bench) { $0.terms.parent = "a" }.get()
            #expect(kind(enqueue("a/2", in: bench) { $0.terms.parent = "a" }) == .limitExceeded)
        }
    }

    @Test("can open a closed run again, and begin no further generation of it")
    func closed() throws {
        try with(runs: 1) { bench in
            let client = bench.daemon.connect()
            _ = try enqueue("a", in: bench).get()
            let cancel = CancelRun(run: "a", reason: nil, graceMilliseconds: 0)
            _ = try bench.daemon.call(cancel, by: client).get()
            var again = EnqueueRun(run: "a", new: NewRun(workflow: "w"))
            again.ifClosed = .rerun
            #expect(kind(bench.daemon.call(again, by: client)) == .limitExceeded)
            again.ifClosed = .retry
            #expect(try bench.daemon.call(again, by: client).get().created)
        }
    }
}
