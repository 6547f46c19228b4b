import Sidestep
import SidestepTesting
import Testing

/// What users test their workflows with.
@Suite(.timeLimit(.minutes(10))) struct TestingTests {
    struct Pay: Workflow {
        static let name = "pay"
        let effects: Counter

        func run(_ run: Run, input: NoValue) async throws -> Int {
            let paid = try await run.step("charge") { await effects.next() }
            return try await run.step("ship") { paid * 10 }
        }
    }

    @Test(
        "a workflow that crashes at a step goes on with the next client; its effect comes twice only in between"
    )
    func crashes() async throws {
        let daemon = try await TestDaemon.start()
        for (point, effects, answer) in [
            (CrashPoint.beforeBody(of: "charge"), 1, 10), (.afterBody(of: "charge"), 2, 20),
            (.beforeBody(of: "ship"), 1, 10), (.afterBody(of: "ship"), 1, 10),
        ] {
            let counter = Counter()
            let id = "r\(effects)-\(answer)-\(point)"
            let crashing = try await daemon.connect(crashing: point)
            await #expect(throws: SimulatedCrash.self) {
                try await crashing.execute(Pay(effects: counter), run: id)
            }
            let output = try await daemon.connect().execute(Pay(effects: counter), run: id)
            #expect(output == answer)
            #expect(await counter.count == effects)
        }
    }

    @Test("a sleep of a day is over when the test says so, over a kill of the daemon")
    func time() async throws {
        let daemon = try await TestDaemon.start()
        let client = try await daemon.connect()
        let sleeper = Task {
            try await client.workflow("w", run: "r") { try await $0.sleep(for: .seconds(86_400)) }
        }
        try await until { try await isWaiting(client, "r", "sleep") }
        try await daemon.advance(by: .seconds(80_000))
        try await daemon.kill()
        try await daemon.start()
        #expect(try await isWaiting(client, "r", "sleep"))
        try await daemon.advance(by: .seconds(6401))
        try await sleeper.value
    }

    @Test("a daemon that is killed has what it had when it is started again")
    func killed() async throws {
        let daemon = try await TestDaemon.start()
        let effects = Counter()
        #expect(try await daemon.connect().execute(Pay(effects: effects), run: "r") == 10)
        try await daemon.kill()
        try await daemon.start()
        #expect(try await daemon.connect().execute(Pay(effects: effects), run: "r") == 10)
        #expect(await effects.count == 1)
    }
}
