import SidestepProtocol
import Synchronization
import Testing

@testable import Sidestep

/// The client against a real daemon.
@Suite(.timeLimit(.minutes(10))) struct RunTests {
    private struct Refused: DurableError {
        var durableType = "Refused"
        var isRetryable = true
    }

    private let quick = RetryPolicy(maxAttempts: 3, initial: .milliseconds(5))

    @Test("a finished step gives its record and does not run its body")
    func replay() async throws {
        let daemon = try await LocalDaemon()
        let bodies = Counter()
        for expected in [1, 1] {
            let sidestep = try await daemon.connect()
            let run = try await sidestep.resume("r", options: .with { $0.ifOwned = .takeOver })
            let value = try await run.step("a") { await bodies.next() }
            #expect(value == expected)
        }
        #expect(await bodies.count == 1)
    }

    @Test("a workflow that completed gives its output and runs nothing")
    func workflow() async throws {
        let daemon = try await LocalDaemon()
        let sidestep = try await daemon.connect()
        let bodies = Counter()
        for _ in 1...2 {
            let output = try await sidestep.workflow("sum", run: "s", input: [1, 2]) { run -> Int in
                await bodies.next()
                let input = try await run.input(as: [Int].self)
                return try await run.step("add") { input.reduce(0, +) }
            }
            #expect(output == 3)
        }
        #expect(await bodies.count == 1)
        #expect(try await sidestep.result(of: "s", as: Int.self) == 3)
    }

    @Test("many steps at the same time are each recorded once")
    func parallel() async throws {
        let daemon = try await LocalDaemon()
        let run = try await daemon.connect().resume("r")
        let sum = try await withThrowingTaskGroup(of: Int.self) { group in
            for index in 1...2500 { group.addTask { try await run.step("s\(index)") { index } } }
            return try await group.reduce(0, +)
        }
        #expect(sum == 3_126_250)
        let again = try await daemon.connect().resume("r", options: .with { $0.ifOwned = .takeOver })
        #expect(again.journal.withLock { journal in (1...2500).allSatisfy { journal["s\($0)"] != nil } })
    }

    @Test("a payload of a megabyte comes back byte for byte")
    func large() async throws {
        let daemon = try await LocalDaemon()
        let run = try await daemon.connect().resume("r")
        let text = RawJSON.string(String(repeating: "é\"\\", count: 250_000))
        let recorded: RawJSON = try await run.step("a") { text }
        let again = try await daemon.connect().resume("r", options: .with { $0.ifOwned = .takeOver })
        let replayed: RawJSON = try await again.step("a") { .null }
        #expect(recorded == text && replayed.bytes == text.bytes)
    }

    @Test("a step that fails is tried again as its policy says")
    func retry() async throws {
        let daemon = try await LocalDaemon()
        let run = try await daemon.connect().resume("r")
        let attempts = Counter()
        let value = try await run.step("a", options: .retry(quick)) { () -> Int in
            let attempt = await attempts.next()
            if attempt < 3 { throw Refused() }
            return attempt
        }
        #expect(value == 3)
    }

    @Test("a step that failed for good throws step_failed with what is on record, the same on every replay")
    func failure() async throws {
        let daemon = try await LocalDaemon()
        let sidestep = try await daemon.connect()
        let run = try await sidestep.resume("r")
        let first = await #expect(throws: SidestepError.self) { try await run.step("a") { throw Refused() } }
        let again = try await sidestep.resume("r", options: .with { $0.ifOwned = .takeOver })
        let second = await #expect(throws: SidestepError.self) { try await again.step("a") {} }
        for error in [first, second] {
            #expect(error?.kind == .stepFailed)
            #expect(error?.failure?["type"]?.string == "Refused")
            #expect((error?.cause as? RecordedError)?.type == "Refused")
        }
        #expect(first?.cause as? RecordedError == second?.cause as? RecordedError)
    }

    @Test("an error that says it is not retryable ends the retries")
    func notRetryable() async throws {
        let daemon = try await LocalDaemon()
        let run = try await daemon.connect().resume("r")
        let attempts = Counter()
        await #expect(throws: SidestepError.self) {
            try await run.step("a", options: .retry(quick)) {
                await attempts.next()
                throw Refused(isRetryable: false)
            }
        }
        #expect(await attempts.count == 1)
    }

    @Test("an attempt that takes too long is cancelled and made again")
    func timeout() async throws {
        let daemon = try await LocalDaemon()
        let run = try await daemon.connect().resume("r")
        let attempts = Counter()
        // A busy machine may need longer than that for an attempt that does nothing.
        let often = RetryPolicy(maxAttempts: 100, delays: [.milliseconds(5)])
        let value = try await run.step("a", options: .init(retry: often, timeout: .milliseconds(300))) {
            () -> Int in
            let attempt = await attempts.next()
            if attempt == 1 { try await Task.sleep(for: onlyAHang) }
            return attempt
        }
        // The daemon measures from the beginning it recorded: on a busy machine it may end a second one, too.
        #expect(value >= 2)
    }

    @Test("a workflow with a policy is executed again, its finished steps are kept")
    func workflowRetry() async throws {
        let daemon = try await LocalDaemon()
        let sidestep = try await daemon.connect()
        let (good, bad) = (Counter(), Counter())
        let quick = quick
        let output = try await sidestep.workflow("w", run: "r", options: .with { $0.retry = quick }) {
            run -> Int in
            _ = try await run.step("good") { await good.next() }
            return try await run.step("bad") { () -> Int in
                let attempt = await bad.next()
                if attempt == 1 { throw Refused() }
                return attempt
            }
        }
        #expect(output == 2)
        #expect(await good.count == 1)
    }

    @Test("a workflow that throws fails its run; the failure is what the next call gets")
    func workflowFailure() async throws {
        let daemon = try await LocalDaemon()
        let sidestep = try await daemon.connect()
        await #expect(throws: Refused.self) {
            try await sidestep.workflow("w", run: "r") { _ in throw Refused() }
        }
        let error = await #expect(throws: SidestepError.self) {
            try await sidestep.workflow("w", run: "r") { _ in }
        }
        #expect(error?.kind == .runFailed)
        #expect(error?.failure?["type"]?.string == "Refused")
    }

    @Test("inner steps carry the outer step's name, and the context its idempotency key")
    func nested() async throws {
        let daemon = try await LocalDaemon()
        let run = try await daemon.connect().resume("r")
        let key = try await run.step("outer") {
            try await run.step("inner") { StepContext.current?.idempotencyKey ?? "" }
        }
        #expect(key == "\(run.uid)/outer/inner")
        #expect(key == run.idempotencyKey("outer/inner"))
    }

    @Test("what a step consumed is summed over the run")
    func usage() async throws {
        let daemon = try await LocalDaemon()
        let sidestep = try await daemon.connect()
        let run = try await sidestep.resume("r")
        for name in ["a", "b"] {
            try await run.step(name) { StepContext.current?.report(Usage(requests: 1, inputTokens: 20)) }
        }
        let usage = try await sidestep.call("run.get") { $0.member("run", "r") }["usage"]
        #expect(usage?["input_tokens"]?.int == 40)
    }

    @Test("checkpoints keep state and messages; only what is new is sent")
    func checkpoints() async throws {
        let daemon = try await LocalDaemon()
        let sidestep = try await daemon.connect()
        let run = try await sidestep.resume("r")
        #expect(try await run.messages(as: String.self) == [])
        try await run.checkpoint(messages: .all(["a", "b"]))
        let receipt = try await run.checkpoint(
            state: ["at": 2], messages: .append(["c"], keeping: 1), stepNumber: 2)
        #expect(receipt.messageCount == 2)
        let again = try await sidestep.resume(
            options: .with {
                $0.token = receipt.resumeToken; $0.ifOwned = .takeOver
            })
        #expect(again.id == "r")
        #expect(try again.checkpoint?.state(as: [String: Int].self) == ["at": 2])
        #expect(try await again.messages(as: String.self) == ["a", "c"])
    }

    @Test("state is set, read and removed")
    func state() async throws {
        let daemon = try await LocalDaemon()
        let run = try await daemon.connect().resume("r")
        try await run.state.set("progress", 0.5)
        #expect(try await run.state.get("progress", as: Double.self) == 0.5)
        #expect(try await run.state.all().keys.sorted() == ["progress"])
        try await run.state.remove("progress")
        #expect(try await run.state.get("progress", as: Double.self) == nil)
    }

    @Test("the first execution of a workflow gives what its replays give")
    func sameValue() async throws {
        let daemon = try await LocalDaemon()
        let first = try await daemon.connect().workflow("w", run: "r") { _ in Rounded(value: 1.26) }
        let second = try await daemon.connect().workflow("w", run: "r") { _ in Rounded(value: 0) }
        #expect(first == second)
        #expect(first.value == 1.3)
    }

    /// A value that its record holds less of.
    private struct Rounded: Codable, Equatable {
        var value: Double

        init(value: Double) { self.value = value }
        init(from decoder: any Decoder) throws {
            value = try decoder.singleValueContainer().decode(Double.self)
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            try container.encode((value * 10).rounded() / 10)
        }
    }

}
