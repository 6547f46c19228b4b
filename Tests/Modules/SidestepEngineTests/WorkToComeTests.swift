import SidestepEngine
import SidestepModel
import Synchronization
import TestSupport
import Testing

/// Whether a daemon without clients has anything to do, on a clock that the test moves.
@Suite struct WorkToComeTests {
    @Test("an empty database and a run that somebody has to take are no work")
    func nothing() throws {
        try EngineBench.with { bench throws in
            #expect(!hasWork(bench))
            try bench.enqueue("r", by: bench.daemon.connect())
            #expect(!hasWork(bench))
        }
    }

    @Test("an owner is work until it is dead, over a restart too")
    func owner() throws {
        try EngineBench.with { bench throws in
            let client = bench.daemon.connect()
            _ = try bench.resume("r", by: client)
            #expect(hasWork(bench))
            try bench.daemon.restart()
            #expect(hasWork(bench))
            bench.daemon.kill(client)
            bench.daemon.loop.turn()
            #expect(try bench.status("r") == .interrupted)
            #expect(!hasWork(bench))
        }
    }

    @Test("a delayed run is work until its time has come")
    func delay() throws {
        try EngineBench.with { bench throws in
            try bench.enqueue("r", by: bench.daemon.connect()) { $0.delay = 5000 }
            #expect(hasWork(bench))
            bench.daemon.loop.advance(5000)
            #expect(!hasWork(bench))
        }
    }

    private func hasWork(_ bench: EngineBench) -> Bool {
        let found = Found()
        bench.daemon.coordinator.lookForWork { hasWork in found.hasWork.withLock { $0 = hasWork } }
        bench.daemon.loop.turn()
        return found.hasWork.withLock(\.self)!
    }

    /// What was found; nil before.
    private final class Found: Sendable {
        let hasWork = Mutex<Bool?>(nil)
    }
}
