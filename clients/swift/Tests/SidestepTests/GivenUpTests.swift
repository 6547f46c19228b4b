import SidestepProtocol
import Testing

@testable import Sidestep

/// What a task gives up is over: no signal is swallowed, no run is owned for nobody; against a real daemon.
@Suite(.timeLimit(.minutes(10))) struct GivenUpTests {
    @Test("a signal is for the wait after the one whose task was cancelled")
    func signals() async throws {
        let daemon = try await LocalDaemon()
        let (owner, person) = (try await daemon.connect(), try await daemon.connect())
        let run = try await owner.resume("r")
        for _ in 1...3 {
            let task = Task { try await run.signal("go", as: Int.self) }
            try await until { try await steps(person, "r").contains("waiting") }
            task.cancel()
            await #expect(throws: CancellationError.self) { _ = try await task.value }
        }
        try await person.signal("go", to: "r", value: 1)
        #expect(try await run.signal("go", as: Int.self) == 1)
    }

    @Test("each signal is seen by one wait, in their order, however their tasks are cancelled")
    func races() async throws {
        let daemon = try await LocalDaemon()
        let (owner, person) = (try await daemon.connect(), try await daemon.connect())
        let run = try await owner.resume("r")
        let sending = Task {
            for number in 0..<50 { try await person.signal("go", to: "r", value: number) }
        }
        var seen: [Int] = []
        while seen.count < 50 {
            let task = Task { try await run.signal("go", as: Int.self) }
            for _ in 0..<(seen.count % 9) { await Task.yield() }
            if seen.count % 3 != 0 { task.cancel() }
            if let value = try? await task.value { seen.append(value) }
            // The last ones have to be waited for.
            if seen.count % 3 != 0 { seen.append(try await run.signal("go", as: Int.self)) }
        }
        try await sending.value
        #expect(seen == Array(0..<50))
    }

    @Test("a run that was resumed or claimed for a task that is gone is let go")
    func grants() async throws {
        let daemon = try await LocalDaemon()
        let (owner, person) = (try await daemon.connect(), try await daemon.connect())
        for number in 0..<40 {
            let task = Task { try await owner.resume("r\(number)") }
            for _ in 0..<(number % 8) { await Task.yield() }
            task.cancel()
            if let run = try? await task.value { try await run.release() }
        }
        let claim = Task {
            try await owner.call("worker.claim") { writer in
                writer.member("workflows", ["w"])
                writer.member("wait_ms", 60_000)
            }
        }
        // Its request is on its way, or never leaves.
        for _ in 0..<20 { await Task.yield() }
        claim.cancel()
        _ = try? await claim.value
        _ = try await person.enqueue("w", run: "queued")
        try await until {
            let runs = try await person.call("run.list") { $0.member("status", "running") }
            return runs["runs"]?.elements.isEmpty == true
        }
    }

    private func steps(_ client: SidestepClient, _ run: String) async throws -> [String] {
        let steps = try await client.call("step.list") { $0.member("run", run) }["steps"]?.elements ?? []
        return steps.compactMap { $0["status"]?.string }
    }
}
