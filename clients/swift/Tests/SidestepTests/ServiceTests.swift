import Logging
import ServiceLifecycle
import SidestepLifecycle
import Synchronization
import Testing

@testable import Sidestep

/// A worker among the services of a server.
@Suite(.timeLimit(.minutes(10))) struct ServiceTests {
    @Test("a worker that is closing takes no other run behind the one that it executes")
    func closing() async throws {
        let daemon = try await LocalDaemon()
        let client = try await daemon.connect()
        let begun = Counter()
        let isToEnd = Mutex(false)
        var worker = Worker(client)
        worker.register("w") { _ in
            await begun.next()
            while !isToEnd.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(2)) }
            return 7
        }
        let closing = Closing()
        let working = Task { [worker] in try await worker.work(until: closing) }
        for id in ["a", "b"] { try await client.enqueue("w", run: id) }
        try await until { await begun.count == 1 }
        closing.begin()
        isToEnd.withLock { $0 = true }
        try await working.value
        #expect(try await client.result(of: "a", as: Int.self) == 7)
        #expect(try await status(client, "b") == "queued")
    }

    @Test("a claim that waits is given up when its worker is closing")
    func claims() async throws {
        let daemon = try await LocalDaemon()
        let client = try await daemon.connect()
        var worker = Worker(client)
        worker.register("w") { _ in 7 }
        let closing = Closing()
        let working = Task { [worker] in try await worker.work(until: closing) }
        try await client.waitsForAnswer()
        closing.begin()
        try await working.value
    }

    @Test("a graceful shutdown lets a run that is executed come to its end")
    func drain() async throws {
        let daemon = try await LocalDaemon()
        let client = try await daemon.connect()
        let begun = Counter()
        let isToEnd = Mutex(false)
        let group = group(client, .drain(onlyAHang)) { _ in
            await begun.next()
            while !isToEnd.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(2)) }
            return 7
        }
        let serving = Task { try await group.run() }
        try await client.enqueue("w", run: "a")
        try await until { await begun.count == 1 }
        await group.triggerGracefulShutdown()
        isToEnd.withLock { $0 = true }
        try await serving.value
        #expect(try await client.result(of: "a", as: Int.self) == 7)
    }

    @Test("a run that has no end when the time is over is given back")
    func overtime() async throws {
        let daemon = try await LocalDaemon()
        let client = try await daemon.connect()
        let begun = Counter()
        let group = group(client, .giveBack) { _ in
            await begun.next()
            try await Task.sleep(for: .seconds(600))
            return 7
        }
        let serving = Task { try await group.run() }
        try await client.enqueue("w", run: "a")
        try await until { await begun.count == 1 }
        await group.triggerGracefulShutdown()
        try await serving.value
        #expect(try await status(client, "a") == "queued")
    }

    @Test("a run that did not complete is told to the logger, with its id and why")
    func logger() async throws {
        let lines = Mutex<[String]>([])
        var logger = Logger(label: "test") { _ in
            Keeper(lines: { line in lines.withLock { $0.append(line) } })
        }
        logger.logLevel = .debug
        let daemon = try await LocalDaemon()
        var configuration = SidestepClient.Configuration(socket: daemon.socket, autostart: false)
        configuration.log(to: logger)
        let client = try await SidestepClient.connect(configuration)
        struct Broken: Error {}
        let group = group(client, .giveBack) { _ in throw Broken() }
        let serving = Task { try await group.run() }
        try await client.enqueue("w", run: "a")
        try await until { try await status(client, "a") == "failed" }
        try await until { lines.withLock { $0.contains("warning a run did not complete a Broken()") } }
        await group.triggerGracefulShutdown()
        try await serving.value
    }

    private func group(
        _ client: SidestepClient, _ shutdown: Worker.Shutdown,
        _ body: @escaping @Sendable (Run) async throws -> Int
    ) -> ServiceGroup {
        var worker = Worker(client)
        worker.register("w", body)
        return ServiceGroup(
            services: [WorkerService(worker, shutdown: shutdown)], logger: Logger(label: "group"))
    }

    /// Keeps what is logged: level, text, run and error.
    private struct Keeper: LogHandler {
        let lines: @Sendable (String) -> Void
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.debug

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let words = [event.metadata?["sidestep.run"], event.metadata?["error"]].compactMap {
                $0?.description
            }
            lines("\(event.level) \(event.message) \(words.joined(separator: " "))")
        }
    }
}
