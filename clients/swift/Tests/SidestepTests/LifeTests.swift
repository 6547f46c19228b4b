import Glibc
import SidestepProtocol
import Testing

@testable import Sidestep

/// What happens when a daemon, a lease or a task goes away.
@Suite(.timeLimit(.minutes(10))) struct LifeTests {
    @Test("a crash of the daemon is no error of the workflow")
    func crash() async throws {
        let daemon = try await LocalDaemon()
        let sidestep = try await daemon.connect()
        let bodies = Counter()
        let output = try await sidestep.workflow("w", run: "r") { run -> Int in
            _ = try await run.step("a") { await bodies.next() }
            try await daemon.crash()
            async let later: Void = daemon.start()
            let value = try await run.step("b") { await bodies.next() }
            try await later
            return value
        }
        #expect(output == 2)
        let run = try await sidestep.call("run.get") { $0.member("run", "r") }["run"]
        #expect(run?["status"]?.string == "completed")
        #expect(run?["epoch"]?.int == 1)
    }

    @Test("an idle holder of a run presents its lease after the daemon's crash by itself")
    func idle() async throws {
        let daemon = try await LocalDaemon()
        let sidestep = try await daemon.connect()
        let run = try await sidestep.resume("r")
        try await daemon.crash()
        try await daemon.start()
        try await sidestep.reconnected()
        // Behind the lease that the new connection presented first: a client reads what it wrote.
        try await sidestep.call("lease.get") { $0.member("run", "r") }
        let other = try await daemon.connect()
        // A process whose connection is gone would be given its own run again.
        let error = await #expect(throws: SidestepError.self) { _ = try await other.resume("r") }
        #expect(error?.kind == .runOwned)
        try await run.complete()
    }

    @Test("a client that had nothing to do while its daemon went away waits for it with its next call")
    func idleClient() async throws {
        let daemon = try await LocalDaemon()
        let sidestep = try await daemon.connect()
        try await daemon.crash()
        try await sidestep.isDown()
        let call = Task { _ = try await sidestep.call("ping") }
        try await sidestep.waitsForAnswer()
        try await daemon.start()
        try await call.value
    }

    @Test("a lost lease is thrown by every later call of the run")
    func leaseLost() async throws {
        let daemon = try await LocalDaemon()
        let run = try await daemon.connect().resume("r")
        let other = try await daemon.connect().resume("r", options: .with { $0.ifOwned = .takeOver })
        for _ in 1...2 {
            let error = await #expect(throws: SidestepError.self) { try await run.step("a") { 1 } }
            #expect(error?.kind == .leaseLost)
        }
        let error = await #expect(throws: SidestepError.self) { try await run.complete() }
        #expect(error?.kind == .leaseLost)
        try await other.complete()
    }

    @Test("a workflow that swallows a lost lease ends with it all the same")
    func swallowed() async throws {
        let daemon = try await LocalDaemon()
        let (sidestep, other) = (try await daemon.connect(), try await daemon.connect())
        let error = await #expect(throws: SidestepError.self) {
            try await sidestep.workflow("w", run: "r") { run -> Int in
                _ = try await other.resume("r", options: .with { $0.ifOwned = .takeOver })
                return (try? await run.step("a") { 1 }) ?? 0
            }
        }
        #expect(error?.kind == .leaseLost)
    }

    @Test("a workflow whose task is cancelled gives its run back")
    func cancelled() async throws {
        let daemon = try await LocalDaemon()
        let sidestep = try await daemon.connect()
        let started = Counter()
        let task = Task {
            try await sidestep.workflow("w", run: "r") { run in
                try await run.step("long") {
                    await started.next()
                    try await Task.sleep(for: onlyAHang)
                }
            }
        }
        while await started.count == 0 { try await Task.sleep(for: .milliseconds(5)) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        let run = try await sidestep.call("run.get") { $0.member("run", "r") }["run"]
        #expect(run?["status"]?.string == "queued")
    }

    @Test("what a body did is recorded although its task was cancelled meanwhile")
    func recordedAfterCancel() async throws {
        let daemon = try await LocalDaemon()
        let sidestep = try await daemon.connect()
        let run = try await sidestep.resume("r")
        let task = Task {
            try await run.step("a") { () -> Int in
                withUnsafeCurrentTask { $0?.cancel() }
                return 7
            }
        }
        _ = try? await task.value
        let step = try await sidestep.call("step.get") { writer in
            writer.member("run", "r")
            writer.member("step", "a")
        }
        #expect(step["output"]?.int == 7)
    }

    @Test("calls of a closed client fail, waiting ones too")
    func closed() async throws {
        let daemon = try await LocalDaemon()
        let (sidestep, other) = (try await daemon.connect(), try await daemon.connect())
        let held = try await other.resume("r")
        let waiting = Task {
            try await sidestep.resume(
                "r",
                options: .with {
                    $0.ifOwned = .wait; $0.wait = onlyAHang
                })
        }
        try await sidestep.waitsForAnswer()
        sidestep.close()
        await #expect(throws: SidestepError.self) { _ = try await waiting.value }
        let error = await #expect(throws: SidestepError.self) { try await sidestep.call("ping") }
        #expect(error?.kind == .connectionLost)
        try await held.complete()
    }

    @Test("a task that is cancelled stops waiting for its reply")
    func cancelledCall() async throws {
        let daemon = try await LocalDaemon()
        let (sidestep, other) = (try await daemon.connect(), try await daemon.connect())
        let held = try await other.resume("r")
        let waiting = Task {
            try await sidestep.resume(
                "r",
                options: .with {
                    $0.ifOwned = .wait; $0.wait = onlyAHang
                })
        }
        try await sidestep.waitsForAnswer()
        waiting.cancel()
        await #expect(throws: CancellationError.self) { _ = try await waiting.value }
        try await sidestep.call("ping")
        try await held.complete()
    }

    @Test("without a daemon the error names what was tried and what to type")
    func noDaemon() async throws {
        let error = await #expect(throws: SidestepError.self) {
            try await SidestepClient.connect(.init(socket: "/tmp/nobody.sock", autostart: false))
        }
        #expect(error?.kind == .daemonNotFound)
        #expect(error?.message.contains("/tmp/nobody.sock (given)") == true)
        #expect(error?.hint?.contains("sidestepd --socket") == true)
    }

    @Test("the blocking connection calls, reports errors and survives large replies")
    func blocking() async throws {
        let daemon = try await LocalDaemon()
        let connection = try BlockingConnection(socket: daemon.socket, autostart: false)
        let text = String(repeating: "x", count: 1 << 20)
        let result = try connection.call("resume") { writer in
            writer.member("run", "r")
            writer.member("input", text)
        }
        #expect(result["created"]?.bool == true)
        #expect(try connection.call("run.get") { $0.member("run", "r") }["input"]?.string == text)
        let error = #expect(throws: SidestepError.self) {
            try connection.call("run.get") { $0.member("run", "no") }
        }
        #expect(error?.kind == .runNotFound)
    }
}
