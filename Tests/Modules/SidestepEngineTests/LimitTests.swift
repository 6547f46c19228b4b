import SidestepEngine
import SidestepModel
import SidestepStore
import TestSupport
import Testing

@Suite struct LimitTests {
    @Test(
        "a limit holds at the limit, over runs and processes, and whoever ends makes room for the first who waits"
    )
    func concurrency() throws {
        try EngineBench.with { bench throws in
            let clients = (0..<3).map { _ in bench.daemon.connect() }
            try put(PutLimit(limit: "l"), bench) { $0.concurrency = 2 }
            let leases = try clients.enumerated().map { try bench.resume("r\($0)", by: $1).lease! }
            let begins = zip(clients, leases).map { begin("s", $1, bench, by: $0) { $0.limit = "l" } }
            #expect(begins.map { $0.result != nil } == [true, true, false])
            complete("s", leases[0], bench, by: clients[0])
            #expect(begins[2].result != nil)
        }
    }

    @Test("a killed process gives its place back, and a restart of the daemon does not")
    func places() throws {
        try EngineBench.with { bench throws in
            let (one, two) = (bench.daemon.connect(), bench.daemon.connect())
            try put(PutLimit(limit: "l"), bench) { $0.concurrency = 1 }
            let first = try bench.resume("a", by: one).lease!
            #expect(begin("s", first, bench, by: one) { $0.limit = "l" }.result != nil)
            try bench.daemon.restart()
            let again = bench.daemon.reconnect(two)
            let second = try bench.resume("b", by: again).lease!
            let waiting = begin("s", second, bench, by: again) { $0.limit = "l" }
            #expect(waiting.result == nil)
            bench.daemon.processes.end(one.peer.process)
            bench.daemon.loop.turn()
            #expect(waiting.result != nil)
        }
    }

    @Test("a rate lets one after the other through, and who does not want to wait is told when to come again")
    func rate() throws {
        try EngineBench.with { bench throws in
            let client = bench.daemon.connect()
            try put(PutLimit(limit: "l"), bench) { $0.rate = Rate(count: 1, milliseconds: 1000) }
            let lease = try bench.resume("r", by: client).lease!
            #expect(begin("a", lease, bench, by: client) { $0.limit = "l" }.result != nil)
            let refused = begin("b", lease, bench, by: client) {
                $0.limit = "l"
                $0.waitMilliseconds = 0
            }
            #expect(kind(refused.result) == .rateLimited)
            if case .failure(let failure)? = refused.result {
                #expect(failure.retryAfterMilliseconds == 1000)
            }
            let patient = begin("b", lease, bench, by: client) { $0.limit = "l" }
            bench.daemon.loop.advance(999)
            #expect(patient.result == nil)
            bench.daemon.loop.advance(1)
            #expect(patient.result != nil)
        }
    }

    @Test("a breaker opens for all runs, lets one probe through after its cooldown, over a restart too")
    func breaker() throws {
        try EngineBench.with { bench throws in
            var (one, two) = (bench.daemon.connect(), bench.daemon.connect())
            _ = bench.daemon.call(
                PutBreaker(breaker: "b", maxFailures: 2, cooldownMilliseconds: 100_000), by: one)
            let (first, second) = (
                try bench.resume("a", by: one).lease!, try bench.resume("b", by: two).lease!
            )
            for name in ["x", "y"] {
                #expect(kind(begin(name, first, bench, by: one) { $0.breaker = "b" }.result) == nil)
                _ = bench.daemon.call(FailStep(proof: .text(first), step: name), by: one)
            }
            #expect(kind(begin("z", second, bench, by: two) { $0.breaker = "b" }.result) == .circuitOpen)
            try bench.daemon.restart()
            (one, two) = (bench.daemon.reconnect(one), bench.daemon.reconnect(two))
            for (lease, client) in [(first, one), (second, two)] {
                _ = bench.daemon.call(RenewLease(proof: .text(lease), ttlMilliseconds: nil), by: client)
            }
            #expect(kind(begin("z", second, bench, by: two) { $0.breaker = "b" }.result) == .circuitOpen)
            bench.daemon.loop.advance(100_000)
            #expect(kind(begin("probe", first, bench, by: one) { $0.breaker = "b" }.result) == nil)
            #expect(kind(begin("z", second, bench, by: two) { $0.breaker = "b" }.result) == .circuitOpen)
            complete("probe", first, bench, by: one)
            #expect(kind(begin("z", second, bench, by: two) { $0.breaker = "b" }.result) == nil)
        }
    }

    @Test("a failure that no other attempt can mend is an answer of the other side, and opens nothing")
    func permanentFailures() throws {
        try EngineBench.with { bench throws in
            let client = bench.daemon.connect()
            let lease = try bench.resume("r", by: client).lease!
            for number in 0..<20 {
                #expect(
                    kind(begin("s\(number)", lease, bench, by: client) { $0.breaker = "b" }.result) == nil)
                var fail = FailStep(proof: .text(lease), step: "s\(number)")
                fail.cause = AttemptError(retryable: false)
                _ = bench.daemon.call(fail, by: client)
            }
        }
    }

    // MARK: Budgets

    @Test(
        "what does not fit the budget is refused before it is paid, and the run is paused when nothing runs")
    func reserve() throws {
        try EngineBench.with { bench throws in
            let client = bench.daemon.connect()
            let lease = try bench.resume("r", by: client) { $0.budget = [(.tokens, 100)] }.lease!
            #expect(kind(begin("a", lease, bench, by: client) { $0.reserve = tokens(60) }.result) == nil)
            #expect(
                kind(begin("b", lease, bench, by: client) { $0.reserve = tokens(41) }.result)
                    == .budgetExhausted)
            #expect(try bench.status("r") == .running)
            complete("a", lease, bench, usage: #"{"input_tokens":10}"#, by: client)
            #expect(try bench.status("r") == .paused)
            #expect(
                kind(begin("b", lease, bench, by: client) { $0.reserve = tokens(41) }.result)
                    == .budgetExhausted)
            #expect(try budget("r", .tokens, bench) == [100, 10, 0])
            _ = bench.daemon.call(UnpauseRun(run: "r"), by: client)
            let again = try bench.resume("r", by: client).lease!
            #expect(kind(begin("b", again, bench, by: client) { $0.reserve = tokens(41) }.result) == nil)
        }
    }

    @Test("an attempt whose process dies counts as what it set aside, over a restart too")
    func crash() throws {
        try EngineBench.with { bench throws in
            let client = bench.daemon.connect()
            let lease = try bench.resume("r", by: client) { $0.budget = [(.tokens, 100), (.calls, 5)] }.lease!
            _ = begin("a", lease, bench, by: client) { $0.reserve = tokens(60) }
            #expect(try budget("r", .tokens, bench) == [100, 0, 60])
            try bench.daemon.restart()
            bench.daemon.processes.end(client.peer.process)
            bench.daemon.loop.turn()
            #expect(try budget("r", .tokens, bench) == [100, 60, 0])
            #expect(try budget("r", .calls, bench) == [5, 1, 0])
        }
    }

    @Test("a run that used more than it has begins nothing more, and keeps what it recorded")
    func overrun() throws {
        try EngineBench.with { bench throws in
            let client = bench.daemon.connect()
            let lease = try bench.resume("r", by: client) { $0.budget = [(.costMicros, 100)] }.lease!
            complete("a", lease, bench, usage: #"{"cost_micros":101}"#, by: client)
            #expect(try bench.status("r") == .paused)
            #expect(kind(begin("b", lease, bench, by: client).result) == .budgetExhausted)
        }
    }

    @Test("a parent's budget covers its children")
    func children() throws {
        try EngineBench.with { bench throws in
            let (parent, child) = (bench.daemon.connect(), bench.daemon.connect())
            _ = try bench.resume("p", by: parent) { $0.budget = [(.calls, 2)] }
            let lease = try bench.resume("c", by: child) { $0.parent = "p" }.lease!
            for name in ["a", "b"] {
                #expect(kind(begin(name, lease, bench, by: child) { $0.reserve = tokens(1) }.result) == nil)
                complete(name, lease, bench, by: child)
            }
            #expect(
                kind(begin("c", lease, bench, by: child) { $0.reserve = tokens(1) }.result)
                    == .budgetExhausted)
            #expect(try budget("p", .calls, bench) == [2, 2, 0])
        }
    }

    @Test("time with an owner is used up over owners, and pauses the run")
    func wallTime() throws {
        try EngineBench.with { bench throws in
            let client = bench.daemon.connect()
            let lease = try bench.resume("r", by: client) { $0.budget = [(.wallMilliseconds, 1000)] }.lease!
            bench.daemon.loop.advance(600)
            _ = bench.daemon.call(ReleaseRun(proof: .text(lease)), by: client)
            bench.daemon.loop.advance(60_000)
            _ = try bench.resume("r", by: client)
            bench.daemon.loop.advance(399)
            #expect(try bench.status("r") == .running)
            bench.daemon.loop.advance(1)
            #expect(try bench.status("r") == .paused)
        }
    }

    @Test("time with an owner counts on when its process asks for the run again on another connection")
    func wallTimeOfOneProcess() throws {
        try EngineBench.with { bench throws in
            let client = bench.daemon.connect()
            _ = try bench.resume("r", by: client) { $0.budget = [(.wallMilliseconds, 1000)] }
            bench.daemon.loop.advance(600)
            bench.daemon.disconnect(client)
            _ = try bench.resume("r", by: bench.daemon.reconnect(client))
            bench.daemon.loop.advance(399)
            #expect(try bench.status("r") == .running)
            bench.daemon.loop.advance(1)
            #expect(try bench.status("r") == .paused)
        }
    }

    // MARK: Helpers

    private func put(_ put: PutLimit, _ bench: EngineBench, _ change: (inout PutLimit) -> Void) throws {
        var put = put
        change(&put)
        _ = try bench.daemon.call(put, by: bench.daemon.connect()).get()
    }

    private func begin(
        _ step: String, _ lease: String, _ bench: EngineBench, by client: TestClient,
        _ change: (inout BeginStep) -> Void = { _ in }
    ) -> TestDaemon.Pending<BeginStep.Result> {
        var begin = BeginStep(proof: .text(lease), step: step)
        change(&begin)
        return bench.daemon.start(begin, by: client)
    }

    private func complete(
        _ step: String, _ lease: String, _ bench: EngineBench, usage: String? = nil, by client: TestClient
    ) {
        var complete = CompleteStep(proof: .text(lease), step: step)
        complete.usage = usage.map { Payload(text: $0) }
        #expect(kind(bench.daemon.call(complete, by: client)) == nil)
    }

    private func tokens(_ count: Int64) -> Amounts {
        var amounts = Amounts()
        amounts[.tokens] = count
        amounts[.calls] = 1
        return amounts
    }

    /// Amount, used, reserved.
    private func budget(_ run: String, _ name: BudgetName, _ bench: EngineBench) throws -> [Int64] {
        let budgets = try bench.daemon.query(GetBudget(run: run), by: bench.daemon.connect())
        return budgets.filter { $0.name == name }.flatMap { [$0.amount, $0.used, $0.reserved] }
    }
}
