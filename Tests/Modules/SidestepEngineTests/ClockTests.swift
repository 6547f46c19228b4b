import SidestepEngine
import SidestepModel
import TestSupport
import Testing

/// Delays count the time that passes; dates are what the wall clock says.
@Suite struct ClockTests {
    private static let hour: Int64 = 3_600_000

    @Test(
        "a sleep takes as long as it takes, whichever way the clock is set", arguments: [hour, -hour, 5000])
    func sleeps(jump: Int64) throws {
        try EngineBench.with { bench throws in
            let owner = bench.daemon.connect()
            let lease = try bench.resume("r", by: owner).lease!
            bench.daemon.setClock(by: 0)
            let nap = bench.wait("nap", [], lease: lease, end: .after(10_000), by: owner)
            bench.daemon.loop.advance(4000)
            bench.daemon.setClock(by: jump)
            bench.daemon.loop.advance(5999)
            #expect(nap.result == nil)
            bench.daemon.loop.advance(1)
            #expect(nap.output == #"{"by":"time"}"#)
        }
    }

    @Test("a clock that goes back a little leaves nothing that ended before it began")
    func backALittle() throws {
        try EngineBench.with { bench throws in
            let owner = bench.daemon.connect()
            let lease = try bench.resume("r", by: owner).lease!
            _ = try bench.daemon.call(BeginStep(proof: .text(lease), step: "s"), by: owner).get()
            bench.daemon.setClock(by: -200)
            let step = try bench.daemon.call(CompleteStep(proof: .text(lease), step: "s"), by: owner).get()
            #expect(try #require(step.finished) >= step.begun)
        }
    }

    @Test("a date follows the wall clock")
    func dates() throws {
        try EngineBench.with { bench throws in
            let owner = bench.daemon.connect()
            let lease = try bench.resume("r", by: owner).lease!
            bench.daemon.setClock(by: 0)
            let date = bench.daemon.clock.now().advanced(byMilliseconds: 2 * Self.hour)
            let nap = bench.wait("nap", [], lease: lease, end: .at(date), by: owner)
            bench.daemon.setClock(by: Self.hour)
            bench.daemon.loop.advance(Self.hour - 1)
            #expect(nap.result == nil)
            bench.daemon.loop.advance(1)
            #expect(nap.result != nil)
        }
    }

    @Test("a clock that is set while the daemon is down changes no delay of the same boot")
    func whileDown() throws {
        try EngineBench.with { bench throws in
            let person = bench.daemon.connect()
            bench.daemon.setClock(by: 0)
            try bench.enqueue("r", by: person) { $0.delay = 10_000 }
            bench.daemon.clock.set(by: Self.hour)
            try bench.daemon.restart()
            let claim = bench.claim(wait: 60_000, by: bench.daemon.connect())
            bench.daemon.loop.advance(9999)
            #expect(claim.result == nil)
            bench.daemon.loop.advance(1)
            #expect(claim.run == "r")
        }
    }

    @Test("back-off, attempt time-outs and the grace of a cancel outlive a clock that is set")
    func otherDelays() throws {
        try EngineBench.with { bench throws in
            let (owner, person) = (bench.daemon.connect(), bench.daemon.connect())
            let lease = try bench.resume("r", by: owner).lease!
            bench.daemon.setClock(by: 0)
            var begin = BeginStep(proof: .text(lease), step: "s")
            begin.timeouts = Timeouts(startToClose: 1000)
            begin.retry = Payload(text: #"{"max_attempts":3,"delays_ms":[5000]}"#)
            _ = bench.daemon.call(begin, by: owner)
            bench.daemon.setClock(by: Self.hour)
            bench.daemon.loop.advance(999)
            #expect(try bench.step("r", "s")?.status == .running)
            bench.daemon.loop.advance(1)
            #expect(try bench.step("r", "s")?.status == .backoff)
            bench.daemon.setClock(by: -Self.hour)
            guard case .success(.execute(_, _, let delay, _))? = bench.daemon.start(begin, by: owner).result
            else {
                Issue.record("the step does not begin again")
                return
            }
            #expect(delay == 5000)
            _ = bench.daemon.call(CancelRun(run: "r", reason: nil, graceMilliseconds: 1000), by: person)
            bench.daemon.setClock(by: Self.hour)
            bench.daemon.loop.advance(999)
            #expect(try bench.status("r") == .running)
            bench.daemon.loop.advance(1)
            #expect(try bench.status("r") == .cancelled)
        }
    }
}
