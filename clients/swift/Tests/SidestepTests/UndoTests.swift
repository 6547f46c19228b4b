import SidestepProtocol
import Synchronization
import Testing

@testable import Sidestep

/// What a run did is undone when it fails, and what could not be undone is told.
@Suite(.timeLimit(.minutes(10))) struct UndoTests {
    private struct Broken: Error {}

    @Test("a run that fails for good undoes its steps, the last one first, before its failure is recorded")
    func failure() async throws {
        let daemon = try await LocalDaemon()
        let client = try await daemon.connect()
        let undone = Mutex<[String]>([])
        let attempts = Counter()
        let twice = RetryPolicy(maxAttempts: 2, initial: .milliseconds(1))
        await #expect(throws: Broken.self) {
            try await client.workflow(
                "w", run: "r",
                options: .with {
                    $0.undo = .onCancelOrFailure
                    $0.retry = twice
                }
            ) { run in
                await attempts.next()
                for name in ["a", "b"] {
                    try await run.step(name, compensation: { undone.withLock { $0.append(name) } }) {}
                }
                throw Broken()
            }
        }
        #expect(await attempts.count == 2)
        #expect(undone.withLock { $0 } == ["b", "a"], "once, and not between the attempts")
        #expect(try await status(client, "r") == "failed")
        let error = await #expect(throws: SidestepError.self) {
            try await client.resume("r", options: .with { $0.ifClosed = .retry })
        }
        #expect(error?.kind == .runClosed, "what was undone is not replayed")
    }

    @Test("without a word about it a failure undoes nothing")
    func unasked() async throws {
        let daemon = try await LocalDaemon()
        let client = try await daemon.connect()
        let undone = Counter()
        await #expect(throws: Broken.self) {
            try await client.workflow("w", run: "r") { run in
                try await run.step("a", compensation: { await undone.next() }) {}
                throw Broken()
            }
        }
        #expect(await undone.count == 0)
    }

    @Test("what could not be undone is in the error and in what is told of the run")
    func notUndone() async throws {
        let daemon = try await LocalDaemon()
        let client = try await daemon.connect()
        let undone = Mutex<[String]>([])
        let error = await #expect(throws: SidestepError.self) {
            try await client.workflow("w", run: "r", options: .with { $0.undo = .onCancelOrFailure }) { run in
                try await run.step("a", compensation: { undone.withLock { $0.append("a") } }) {}
                try await run.step(
                    "b", compensation: { throw SidestepError(.notEncodable, "the hotel does not answer") }
                ) {}
                throw Broken()
            }
        }
        #expect(error?.kind == .runFailed)
        #expect(error?.cause is Broken)
        #expect(error?.notUndone.map(\.step) == ["compensate:b"])
        #expect(undone.withLock { $0 } == ["a"], "the others are undone all the same")
        let why = try await client.call("run.explain") { $0.member("run", "r") }.text
        #expect(why.contains("What 'compensate:b' was to undo still stands"))
    }

    @Test("a cancel tells what could not be undone")
    func cancel() async throws {
        let daemon = try await LocalDaemon()
        let (client, person) = (try await daemon.connect(), try await daemon.connect())
        let work = Task {
            try await client.workflow("w", run: "r") { run in
                try await run.step(
                    "a", compensation: { throw SidestepError(.notEncodable, "the hotel does not answer") }
                ) {}
                try await run.signal("never")
            }
        }
        try await until { try await isWaiting(person, "r", "signal:never") }
        try await person.cancel("r")
        let error = await #expect(throws: SidestepError.self) { try await work.value }
        #expect(error?.kind == .runCancelled)
        #expect(error?.notUndone.map(\.step) == ["compensate:a"])
        #expect(try await status(person, "r") == "cancelled")
    }
}
