import SidestepEngine
import SidestepModel
import SidestepStore
import TestSupport
import Testing

@Suite struct WaitTests {
    private let approve = [WaitCondition(.signal, "approve")]

    @Test("a signal that came before the wait ends it at once, and is consumed by it")
    func buffered() throws {
        try EngineBench.with { bench throws in
            let (owner, person) = (bench.daemon.connect(), bench.daemon.connect())
            try bench.enqueue("r", by: person)
            bench.signal("r", "approve", "1", by: person)
            bench.signal("r", "approve", "2", by: person)
            let lease = try bench.resume("r", by: owner).lease!
            let first = bench.wait("a", approve, lease: lease, by: owner)
            #expect(first.output == #"{"by":"signal","name":"approve","value":1}"#)
            #expect(bench.wait("a", approve, lease: lease, by: owner).output == first.output)
            #expect(
                bench.wait("b", approve, lease: lease, by: owner).output
                    == #"{"by":"signal","name":"approve","value":2}"#)
            let third = bench.wait("c", approve, lease: lease, by: owner)
            #expect(third.result == nil)
        }
    }

    @Test("who would begin to wait when the daemon is leaving is told so, as those are who wait already")
    func leaving() throws {
        try EngineBench.with { bench throws in
            let owner = bench.daemon.connect()
            let lease = try bench.resume("r", by: owner).lease!
            let early = bench.wait("a", approve, lease: lease, by: owner)
            bench.daemon.coordinator.refuseParked()
            let late = bench.wait("b", approve, lease: lease, by: owner)
            #expect(kind(early.result) == .shuttingDown)
            #expect(kind(late.result) == .shuttingDown)
        }
    }

    @Test("emit against await: whichever is first, the wait gets the signal, and one signal ends one wait")
    func emitAgainstAwait() throws {
        try EngineBench.with { bench throws in
            let (owner, person) = (bench.daemon.connect(), bench.daemon.connect())
            let lease = try bench.resume("r", by: owner).lease!
            let waits = ["a", "b"].map { bench.wait($0, approve, lease: lease, by: owner) }
            bench.signal("r", "approve", "1", by: person)
            #expect(waits.map { $0.output != nil } == [true, false])
            bench.signal("r", "approve", "2", by: person)
            #expect(waits[1].output == #"{"by":"signal","name":"approve","value":2}"#)
            #expect(try bench.daemon.query(pending("r"), by: person).items.isEmpty)
        }
    }

    @Test("time-out against signal: a time-out never takes a later signal away")
    func timeoutAgainstSignal() throws {
        try EngineBench.with { bench throws in
            let (owner, person) = (bench.daemon.connect(), bench.daemon.connect())
            let lease = try bench.resume("r", by: owner).lease!
            let late = bench.wait("late", approve, lease: lease, end: .after(100), by: owner)
            bench.daemon.loop.advance(99)
            #expect(late.result == nil)
            bench.daemon.loop.advance(1)
            #expect(late.output == #"{"by":"time"}"#)
            bench.signal("r", "approve", "1", by: person)
            #expect(
                bench.wait("late", approve, lease: lease, end: .after(100), by: owner).output == late.output)
            #expect(
                bench.wait("next", approve, lease: lease, by: owner).output
                    == #"{"by":"signal","name":"approve","value":1}"#)
        }
    }

    @Test("a message that is sent again is delivered once")
    func duplicates() throws {
        try EngineBench.with { bench throws in
            let (owner, person) = (bench.daemon.connect(), bench.daemon.connect())
            let lease = try bench.resume("r", by: owner).lease!
            let duplicates = try (0..<3).map { _ in
                try bench.signal("r", "approve", "1", id: "m", by: person).get().isDuplicate
            }
            #expect(duplicates == [false, true, true])
            #expect(bench.wait("a", approve, lease: lease, by: owner).output != nil)
            #expect(try bench.signal("r", "approve", "1", id: "m", by: person).get().isDuplicate)
            #expect(bench.wait("b", approve, lease: lease, wait: 0, by: owner).output == nil)
        }
    }

    @Test("a call that gives up leaves the wait open")
    func givingUp() throws {
        try EngineBench.with { bench throws in
            let (owner, person) = (bench.daemon.connect(), bench.daemon.connect())
            let lease = try bench.resume("r", by: owner).lease!
            let impatient = bench.wait("a", approve, lease: lease, wait: 50, by: owner)
            bench.daemon.loop.advance(50)
            #expect(kind(impatient.result) == .timeout)
            bench.signal("r", "approve", "1", by: person)
            #expect(bench.wait("a", approve, lease: lease, wait: 0, by: owner).output != nil)
        }
    }

    @Test("the first of several ends the wait, and the order decides when several are there")
    func firstOfSeveral() throws {
        try EngineBench.with { bench throws in
            let (owner, person) = (bench.daemon.connect(), bench.daemon.connect())
            let lease = try bench.resume("r", by: owner).lease!
            try bench.enqueue("child", by: person)
            let several = [
                WaitCondition(.signal, "stop"), WaitCondition(.promise, "quote"),
                WaitCondition(.run, "child"),
            ]
            let waits = (0..<3).map { bench.wait("any\($0)", several, lease: lease, by: owner) }
            let settle = SettlePromise(run: "r", promise: "quote", outcome: .resolved(Payload(text: "7")))
            #expect(try bench.daemon.call(settle, by: person).get().settled)
            for wait in waits {
                #expect(wait.output == #"{"by":"promise","name":"quote","status":"resolved","value":7}"#)
            }
            bench.signal("r", "stop", by: person)
            #expect(
                bench.wait("both", several, lease: lease, by: owner).output
                    == #"{"by":"signal","name":"stop","value":null}"#)
        }
    }

    @Test("the end of a run ends the waits for it, with its output")
    func endOfRun() throws {
        try EngineBench.with { bench throws in
            let (owner, worker) = (bench.daemon.connect(), bench.daemon.connect())
            let lease = try bench.resume("r", by: owner).lease!
            let child = try bench.resume("child", by: worker).lease!
            let wait = bench.wait("w", [WaitCondition(.run, "child")], lease: lease, by: owner)
            _ = bench.daemon.call(CompleteRun(proof: .text(child), output: Payload(text: "[1]")), by: worker)
            let expected = #"{"by":"run","name":"child","status":"completed","value":[1]}"#
            #expect(wait.output == expected)
            #expect(
                bench.wait("w2", [WaitCondition(.run, "child")], lease: lease, by: owner).output == expected)
        }
    }

    @Test("the first settle wins, and later callers learn what it was")
    func promises() throws {
        try EngineBench.with { bench throws in
            let person = bench.daemon.connect()
            try bench.enqueue("r", by: person)
            let yes = SettlePromise(run: "r", promise: "p", outcome: .resolved(Payload(text: "1")))
            let no = SettlePromise(run: "r", promise: "p", outcome: .rejected(Payload(text: "2")))
            #expect(try bench.daemon.call(yes, by: person).get().settled)
            let second = try bench.daemon.call(no, by: person).get()
            #expect(!second.settled)
            #expect(second.promise.status == .resolved)
        }
    }

    @Test("open waits and their times outlive a restart of the daemon")
    func restart() throws {
        try EngineBench.with { bench throws in
            let owner = bench.daemon.connect()
            var lease = try bench.resume("r", by: owner).lease!
            _ = bench.wait("nap", [], lease: lease, end: .after(60_000), by: owner)
            try bench.daemon.restart()
            let again = bench.daemon.reconnect(owner)
            _ = bench.daemon.call(RenewLease(proof: .text(lease), ttlMilliseconds: nil), by: again)
            let nap = bench.wait("nap", [], lease: lease, end: .after(60_000), by: again)
            bench.daemon.loop.advance(59_999)
            #expect(nap.result == nil)
            bench.daemon.loop.advance(1)
            #expect(nap.output == #"{"by":"time"}"#)
            lease = ""
        }
    }

    @Test("a run that let go of its owner wakes for a worker, with the outcome recorded")
    func suspend() throws {
        try EngineBench.with { bench throws in
            let (owner, worker, person) = (
                bench.daemon.connect(), bench.daemon.connect(), bench.daemon.connect()
            )
            let lease = try bench.resume("r", by: owner) { $0.workflow = "w" }.lease!
            _ = bench.wait("a", approve, lease: lease, wait: 0, by: owner)
            let claim = bench.claim(wait: 60_000, by: worker)
            let suspended = try bench.daemon.call(SuspendRun(proof: .text(lease), steps: ["a"]), by: owner)
                .get()
            #expect(suspended.view.run.status == .waiting)
            #expect(claim.result == nil)
            bench.signal("r", "approve", "true", by: person)
            #expect(claim.run == "r")
            let text = try claim.result?.get()?.granted.lease
            #expect(bench.wait("a", approve, lease: text!, by: worker).output != nil)
        }
    }

    @Test("a wait that ends before its owner lets go keeps the run with its owner")
    func suspendAgainstSignal() throws {
        try EngineBench.with { bench throws in
            let (owner, person) = (bench.daemon.connect(), bench.daemon.connect())
            let lease = try bench.resume("r", by: owner).lease!
            for name in ["a", "b"] {
                _ = bench.wait(name, [WaitCondition(.signal, name)], lease: lease, wait: 0, by: owner)
            }
            bench.signal("r", "a", by: person)
            let suspend = SuspendRun(proof: .text(lease), steps: ["a", "b"])
            let answer = try bench.daemon.call(suspend, by: owner).get()
            #expect(answer.ready == ["a"])
            #expect(try bench.status("r") == .running)
        }
    }

    @Test("a run without an open wait cannot be suspended: it would never wake")
    func suspendWithoutWait() throws {
        try EngineBench.with { bench throws in
            let owner = bench.daemon.connect()
            let lease = try bench.resume("r", by: owner).lease!
            #expect(
                kind(bench.daemon.call(SuspendRun(proof: .text(lease), steps: nil), by: owner))
                    == .invalidArgument)
        }
    }

    @Test("signals that nobody waits for are kept up to the limit, and one more is refused")
    func flood() throws {
        try EngineBench.with { bench throws in
            let person = bench.daemon.connect()
            try bench.enqueue("r", by: person)
            let limit = bench.daemon.environment.settings.pendingSignals
            for _ in 0..<limit { #expect(kind(bench.signal("r", "s", by: person)) == nil) }
            #expect(kind(bench.signal("r", "s", by: person)) == .limitExceeded)
        }
    }

    @Test("a thousand sleeping runs wake at their times")
    func manyTimers() throws {
        try EngineBench.with { bench throws in
            let owner = bench.daemon.connect()
            let naps = try (0..<1000).map { number in
                let lease = try bench.resume("r\(number)", by: owner).lease!
                return bench.wait("nap", [], lease: lease, end: .after(Int64(1000 + number)), by: owner)
            }
            bench.daemon.loop.advance(1499)
            #expect(naps.filter { $0.result != nil }.count == 500)
            bench.daemon.loop.advance(500)
            #expect(naps.allSatisfy { $0.output == #"{"by":"time"}"# })
        }
    }

    private func pending(_ run: String) -> ListSignals {
        ListSignals(run: run, signal: nil, includesConsumed: false, after: 0, limit: 10)
    }
}
