import Glibc
import SidestepProtocol
import Synchronization
import Testing

@testable import Sidestep

/// How long a run is held, and that nothing happens to it afterwards.
@Suite(.timeLimit(.minutes(10))) struct LifetimeTests {
    @Test("a run that nobody in the process has any more is given back")
    func dropped() async throws {
        let daemon = try await LocalDaemon()
        let client = try await daemon.connect()
        do { _ = try await client.resume("r").step("a") { 1 } }
        try await until { try await status(client, "r") == "queued" }
    }

    @Test("withRun gives the run back when its body returns, and when it throws")
    func scoped() async throws {
        let daemon = try await LocalDaemon()
        let client = try await daemon.connect()
        let value = try await client.withRun("r") { run in try await run.step("a") { 1 } }
        #expect(value == 1)
        #expect(try await status(client, "r") == "queued")
        struct Stopped: Error {}
        await #expect(throws: Stopped.self) {
            try await client.withRun("r") { run in
                #expect(try await run.step("a") { 2 } == 1)
                throw Stopped()
            }
        }
        #expect(try await status(client, "r") == "queued")
        try await client.withRun("r") { try await $0.complete("done") }
        #expect(try await client.result(of: "r", as: String.self) == "done")
    }

    @Test("a run that its compensations hold is gone when its workflow is")
    func cycles() async throws {
        let daemon = try await LocalDaemon()
        let client = try await daemon.connect()
        weak var seen: Run?
        try await client.withRun("r") { run in
            seen = run
            try await run.step("a", compensation: { try await run.step("undo") {} }) {}
        }
        #expect(seen == nil)
        try await client.workflow("w", run: "s") { run in
            try await run.step("a", compensation: { try await run.step("undo") {} }) {}
        }
        let kept = client.connection.state.withLock { $0.holders.count }
        #expect(kept == 0)
    }

    @Test(
        "nothing runs on a run that has its end, or was let go", arguments: ["completed", "failed", "queued"])
    func ended(end: String) async throws {
        let daemon = try await LocalDaemon()
        let client = try await daemon.connect()
        let run = try await client.resume("r")
        switch end {
        case "completed": try await run.complete(1)
        case "failed": try await run.fail(SidestepError(.timeout, "no"))
        default: try await run.release()
        }
        let bodies = Counter()
        let error = await #expect(throws: SidestepError.self) {
            try await run.step("a") { await bodies.next() }
        }
        #expect(error?.kind == .runClosed)
        #expect(await bodies.count == 0)
        #expect(try await status(client, "r") == end)
    }

    @Test(
        "a stream that an earlier execution closed is opened, written and closed again, and stays as it was")
    func closedStream() async throws {
        let daemon = try await LocalDaemon()
        for _ in 1...2 {
            let client = try await daemon.connect()
            let run = try await client.resume("r", options: .with { $0.ifOwned = .takeOver })
            let stream = try await run.stream("answer")
            try await stream.append(["a", "b"])
            try await stream.close(final: "ab")
            await #expect(throws: SidestepError.self) { try await stream.append("c") }
            let items = try await client.call("stream.read") { writer in
                writer.member("run", "r")
                writer.member("stream", "answer")
            }
            #expect(items["items"]?.text == #"["a","b"]"#)
        }
    }

    @Test("a call that the daemon does not answer in time fails, and the client goes on")
    func callTimeout() async throws {
        let daemon = try await LocalDaemon()
        let client = try await SidestepClient.connect(
            .init(socket: daemon.socket, autostart: false, callTimeout: .milliseconds(100)))
        let pid = try await daemon.pid()
        try await daemon.stop(pid)
        defer { daemon.signal(pid, SIGCONT) }
        let error = await #expect(throws: SidestepError.self) { try await client.call("ping") }
        #expect(error?.kind == .timeout && error?.which == "call")
        daemon.signal(pid, SIGCONT)
        try await until { (try? await client.call("ping")) != nil }
    }
}
