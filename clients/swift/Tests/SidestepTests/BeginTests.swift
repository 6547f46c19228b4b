import SidestepProtocol
import Testing

@testable import Sidestep

/// When the daemon is told that a step begins.
@Suite(.timeLimit(.minutes(10))) struct BeginTests {
    private func params(_ step: String) -> HeldBegins.Params { { .string(step) } }

    @Test("a begin is held for one round of the clock at least, and two at most, unless it is taken back")
    func rounds() {
        var begins = HeldBegins()
        let (first, needsClock) = begins.hold(params("a"))
        #expect(needsClock)
        let (second, needsAnother) = begins.hold(params("b"))
        #expect(!needsAnother)
        let isTaken = [begins.withdraw(first), begins.withdraw(first)]
        #expect(isTaken == [true, false])
        let early = begins.tick()
        #expect(early?.count == 0)
        _ = begins.hold(params("c"))
        let due = begins.tick()
        #expect(due?.map { $0().string } == ["b"])
        let isTakenLate = begins.withdraw(second)
        #expect(!isTakenLate, "it was sent")
        let rest = begins.takeAll()
        #expect(rest.map { $0().string } == ["c"])
        #expect(begins.isEmpty)
    }

    @Test("the clock stops when no step begins for a while, and the next one starts it")
    func clock() {
        var begins = HeldBegins()
        _ = begins.hold(params("a"))
        var ticks = 0
        while begins.tick() != nil { ticks += 1 }
        #expect(ticks == HeldBegins.longestIdle)
        let (_, needsClock) = begins.hold(params("b"))
        #expect(needsClock)
    }

    @Test("a step that lasts is seen while it runs, and so is what began before any other call")
    func seen() async throws {
        let daemon = try await LocalDaemon()
        let client = try await daemon.connect()
        try await client.withRun("r") { run in
            try await run.step("long") {
                try await until { try await status(of: "long", client) == "running" }
            }
            try await run.step("outer") {
                try await run.step("inner") {}
                // The call goes out behind the begin, on the same connection.
                let found = try await run.client.call("step.get") { writer in
                    writer.member("run", "r")
                    writer.member("step", "outer")
                }
                #expect(found["status"]?.string == "running")
            }
        }
    }

    @Test("a step whose begin was not sent is recorded once after a failed attempt, and says when it began")
    func again() async throws {
        let daemon = try await LocalDaemon()
        let client = try await daemon.connect()
        let bodies = Counter()
        func work() async throws -> Int {
            try await client.workflow("w", run: "r", options: .with { $0.ifClosed = .retry }) { run in
                try await run.step("a") {
                    let count = await bodies.next()
                    if count == 1 { throw AttemptTimeout(limit: .zero) }
                    return count
                }
            }
        }
        await #expect(throws: SidestepError.self) { try await work() }
        #expect(try await work() == 2, "its body was executed once more")
        let step = try await client.call("step.get") { writer in
            writer.member("run", "r")
            writer.member("step", "a")
        }
        let (began, ended) = (step["started_at"]?.int ?? 0, step["finished_at"]?.int ?? 0)
        #expect(began > 0 && began <= ended)
    }

    private func status(of step: String, _ client: SidestepClient) async throws -> String? {
        let found = try? await client.call("step.get") { writer in
            writer.member("run", "r")
            writer.member("step", step)
        }
        return found?["status"]?.string
    }
}
