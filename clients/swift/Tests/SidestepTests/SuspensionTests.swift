import SidestepProtocol
import Synchronization
import Testing

@testable import Sidestep

/// A run is let go only while it does nothing but wait, and what was let go is not written to any more.
@Suite(.timeLimit(.minutes(10))) struct SuspensionTests {
    @Test("a run is left when it only waits, once, with all of its waits")
    func presence() {
        var presence = Presence()
        let early = presence.leave()
        presence.beginWait("b")
        presence.beginWait("a")
        let began = presence.beginStep()
        let whileStep = presence.leave()
        presence.endStep()
        let first = presence.leave()
        let second = presence.leave()
        let beganMeanwhile = presence.beginStep()
        presence.hasLeft()
        let beganAfter = presence.beginStep()
        #expect(early == nil, "nothing waits")
        #expect(began)
        #expect(whileStep == nil, "a step executes")
        #expect(first == ["a", "b"])
        #expect(second == nil, "it is being left already")
        #expect(!beganMeanwhile, "the run may be gone")
        #expect(beganAfter)
    }

    @Test("a suspension that the workflow swallows comes again, and no step runs after it")
    func swallowed() async throws {
        let daemon = try await LocalDaemon()
        let client = try await daemon.connect()
        let executions = Counter()
        let effects = Mutex<[Int]>([])
        try await working(client, "ask") { run in
            await executions.next()
            let answer = try? await run.signal("answer", as: Int.self)
            return try await run.step("effect") {
                effects.withLock { $0.append(answer ?? -1) }
                return answer ?? -1
            }
        } during: {
            try await client.enqueue("ask", run: "r")
            try await until { try await status(client, "r") == "waiting" }
            try await client.signal("answer", to: "r", value: 42)
            #expect(try await client.result(of: "r", as: Int.self, wait: onlyAHang) == 42)
        }
        #expect(effects.withLock { $0 } == [42])
        #expect(await executions.count == 2)
    }

    @Test("a run is not let go while one of its steps executes, and is when it has ended")
    func steps() async throws {
        let daemon = try await LocalDaemon()
        let client = try await daemon.connect()
        let bodies = Counter()
        let isOver = Mutex(false)
        try await working(client, "both") { run in
            async let answer = run.signal("answer", as: Int.self)
            let number = try await run.step("long") {
                await bodies.next()
                while !isOver.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(2)) }
                return 1
            }
            return try await number + answer
        } during: {
            try await client.enqueue("both", run: "r")
            try await until { await bodies.count == 1 }
            try await until { try await isWaiting(client, "r", "signal:answer") }
            // It could have been left some times by then.
            try await Task.sleep(for: .milliseconds(100))
            #expect(try await status(client, "r") == "running")
            isOver.withLock { $0 = true }
            try await until { try await status(client, "r") == "waiting" }
            try await client.signal("answer", to: "r", value: 1)
            #expect(try await client.result(of: "r", as: Int.self, wait: onlyAHang) == 2)
        }
        #expect(await bodies.count == 1)
    }

    @Test("a run with several waits at once is let go with all of them, and any of them brings it back")
    func severalWaits() async throws {
        let daemon = try await LocalDaemon()
        let client = try await daemon.connect()
        try await working(client, "sum") { run in
            try await withThrowingTaskGroup(of: Int.self) { group in
                for name in ["a", "b", "c"] {
                    group.addTask { try await run.signal(name, as: Int.self) }
                }
                return try await group.reduce(0, +)
            }
        } during: {
            try await client.enqueue("sum", run: "r")
            for (name, value) in [("c", 1), ("a", 10), ("b", 100)] {
                try await until { try await status(client, "r") == "waiting" }
                try await client.signal(name, to: "r", value: value)
            }
            #expect(try await client.result(of: "r", as: Int.self, wait: onlyAHang) == 111)
        }
    }

    // MARK: -

    private func working(
        _ client: SidestepClient, _ workflow: String, _ body: @escaping @Sendable (Run) async throws -> Int,
        during work: () async throws -> Void
    ) async throws {
        var worker = Worker(client, suspendAfter: .milliseconds(20))
        worker.register(workflow, body)
        let working = Task { [worker] in try await worker.run() }
        defer { working.cancel() }
        try await work()
    }
}
