import Glibc
import SidestepProtocol
import Synchronization
import Testing

@testable import Sidestep

/// A daemon that does not read holds up nobody but those who wait for its answers.
@Suite(.timeLimit(.minutes(10))) struct OutletTests {
    @Test("with a stopped daemon tasks that ask it for nothing go on, and the others when it does")
    func stoppedDaemon() async throws {
        let daemon = try await LocalDaemon()
        let client = try await daemon.connect()
        let pid = pid_t(try #require(try await client.call("system.info")["pid"]?.int))
        try await daemon.stop(pid)
        let large = String(repeating: "x", count: 1 << 20)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<64 {
                group.addTask {
                    let id = try await client.enqueue("w", run: "r\(number)", input: large)
                    #expect(id == "r\(number)")
                }
            }
            // More tasks than the pool has threads have sent more than the socket takes.
            while client.connection.state.withLock({ $0.calls.sentBytes }) < 32 << 20 { await Task.yield() }
            let others = Counter()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<1000 { group.addTask { await others.next() } }
                try await group.waitForAll()
            }
            #expect(await others.count == 1000)
            kill(pid, SIGCONT)
            try await group.waitForAll()
        }
        for number in [0, 63] {
            #expect(
                try await client.call("run.get") { $0.member("run", "r\(number)") }["input"]?.string == large)
        }
    }

    @Test("a call that is given up while the daemon is stopped comes back at once")
    func givenUp() async throws {
        let daemon = try await LocalDaemon()
        let client = try await daemon.connect()
        let pid = pid_t(try #require(try await client.call("system.info")["pid"]?.int))
        try await daemon.stop(pid)
        defer { kill(pid, SIGCONT) }
        let large = String(repeating: "x", count: 4 << 20)
        let tasks = (0..<8).map { number in
            Task { try await client.enqueue("w", run: "r\(number)", input: large) }
        }
        while client.connection.state.withLock({ $0.calls.sentBytes }) < 16 << 20 { await Task.yield() }
        for task in tasks { task.cancel() }
        for task in tasks { await #expect(throws: CancellationError.self) { try await task.value } }
    }
}
