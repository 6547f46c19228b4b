import SidestepProtocol
import Synchronization
import Testing

@testable import Sidestep

/// Schedules, streams, artifacts, events, webhooks and watches of the client against a real daemon.
@Suite(.timeLimit(.minutes(10))) struct AnnounceTests {
    @Test("a schedule starts runs, is paused, triggered and removed")
    func schedules() async throws {
        let daemon = try await LocalDaemon()
        let sidestep = try await daemon.connect()
        let put = try await sidestep.schedules.put(
            "nightly", workflow: "report", cron: "0 2 * * MON-FRI", input: ["a"],
            options: .with {
                $0.timeZone = "Europe/Berlin"
                $0.overlap = .allow
            })
        #expect(put.next.count == 5 && !put.isPaused)
        #expect(try await sidestep.schedules.pause("nightly").next.isEmpty)
        let run = try await sidestep.schedules.trigger("nightly", run: "by-hand")
        #expect(run == "by-hand")
        #expect(try await sidestep.schedules.trigger("nightly", run: "by-hand") == run)
        let shown = try await sidestep.schedules.get("nightly")
        #expect(shown.fired == 1 && shown.lastRun == run && shown.isPaused)
        try await sidestep.schedules.put("often", workflow: "report", every: .seconds(3600))
        #expect(try await sidestep.schedules.list().map(\.name) == ["nightly", "often"])
        #expect(try await sidestep.schedules.delete("nightly"))
        #expect(try await sidestep.schedules.delete("nightly") == false)
        await #expect(throws: SidestepError.self) {
            try await sidestep.schedules.put("x", workflow: "w", cron: "61 * * * *")
        }
    }

    @Test("a reader follows a stream item by item until it is closed, over a crash of the daemon")
    func stream() async throws {
        let daemon = try await LocalDaemon()
        let sidestep = try await daemon.connect()
        let run = try await sidestep.resume("r")
        let reader = Task {
            var items: [String] = []
            for try await item in sidestep.stream("answer", of: "r", as: String.self) {
                #expect(item.index == items.count)
                items.append(item.value)
            }
            return items
        }
        let stream = try await run.stream("answer")
        try await stream.append("a")
        try await daemon.crash()
        try await daemon.start()
        try await stream.append(["b", "c"])
        let again = try await run.stream("answer")
        #expect(again.count == 3)
        try await again.append("d")
        try await again.close(final: "abcd")
        #expect(try await reader.value == ["a", "b", "c", "d"])
        #expect(try await sidestep.finalValue(of: "answer", of: "r", as: String.self) == "abcd")
    }

    @Test("items of many tasks are each there, in the order of their indexes")
    func manyAppends() async throws {
        let daemon = try await LocalDaemon()
        let sidestep = try await daemon.connect()
        let run = try await sidestep.resume("r")
        let stream = try await run.stream("s")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<200 { group.addTask { try await stream.append(number) } }
            try await group.waitForAll()
        }
        try await stream.close()
        var items: [Int] = []
        for try await item in sidestep.stream("s", of: "r", as: Int.self) { items.append(item.value) }
        #expect(items.sorted() == Array(0..<200))
    }

    @Test("an artifact has versions, and the same document is no new one")
    func artifacts() async throws {
        let daemon = try await LocalDaemon()
        let sidestep = try await daemon.connect()
        let run = try await sidestep.resume("r")
        #expect(try await run.put(artifact: "report", .markdown("# One")) == 1)
        #expect(try await run.put(artifact: "report", .markdown("# One")) == 1)
        #expect(try await run.put(artifact: "report", .json(["x": 1]), description: "better") == 2)
        try await run.put(artifact: "page", .link("https://example.org"))
        try await run.put(artifact: "log", .file(path: "/tmp/log"))
        let newest = try await sidestep.artifact("report")
        #expect(newest.version == 2 && newest.run == "r" && newest.content?.text == #"{"x":1}"#)
        #expect(try await sidestep.artifact("report", run: "r", version: 1).content?.string == "# One")
        #expect(try await sidestep.artifacts(run: "r").map(\.name) == ["log", "page", "report", "report"])
    }

    @Test("an event is announced once for its id, and once for the step that emits it")
    func events() async throws {
        let daemon = try await LocalDaemon()
        let sidestep = try await daemon.connect()
        let first = try await sidestep.emit("order.paid", 17, id: "o1")
        #expect(try await sidestep.emit("order.paid", 17, id: "o1") == first)
        let run = try await sidestep.resume("r")
        let attempts = Counter()
        try await run.step("notify", options: .retry(RetryPolicy(maxAttempts: 2, initial: .milliseconds(1))))
        {
            try await run.emit("order.sent")
            if await attempts.next() == 1 { throw SidestepError(.timeout, "once more") }
        }
        try await sidestep.emit("last")
        var names: [String] = []
        for try await event in sidestep.events() {
            names.append(event.name)
            if event.name == "last" { break }
        }
        #expect(names == ["order.paid", "order.sent", "last"])
    }

    @Test("a watch tells every entry, goes on over a crash of the daemon, and ends with its task")
    func watch() async throws {
        let daemon = try await LocalDaemon()
        let sidestep = try await daemon.connect()
        let run = try await sidestep.resume("r", workflow: "w")
        let seen = Mutex<[String]>([])
        let watcher = Task {
            for try await event in sidestep.watch(.init(workflow: "w"), after: 0) {
                seen.withLock { $0.append(event.step ?? event.kind) }
                if event.kind == "run.completed" { break }
            }
        }
        _ = try await run.step("a") { 1 }
        try await daemon.crash()
        try await daemon.start()
        _ = try await run.step("b") { 1 }
        try await run.complete()
        try await watcher.value
        let kinds = seen.withLock { $0 }
        #expect(kinds.filter { $0 == "a" } == ["a"] && kinds.filter { $0 == "b" } == ["b"])
        #expect(kinds.first == "run.created" && kinds.last == "run.completed")
        let read = Counter()
        let idle = Task {
            for try await _ in sidestep.watch(.init(run: "r"), after: 0) { await read.next() }
        }
        // Nothing more will come.
        while await read.count < kinds.count { try await Task.sleep(for: .milliseconds(2)) }
        idle.cancel()
        try await idle.value
    }

    @Test("a webhook that cannot be reached leaves a dead letter")
    func webhooks() async throws {
        let daemon = try await LocalDaemon()
        let sidestep = try await daemon.connect()
        // Port 9 is discard: nobody listens there.
        try await sidestep.webhooks.put("w", url: "http://127.0.0.1:9/", events: ["*"], maxAttempts: 1)
        try await sidestep.emit("e")
        var dead: [Delivery] = []
        while dead.isEmpty {
            dead = try await sidestep.webhooks.deliveries(status: "dead")
            try await Task.sleep(for: .milliseconds(5))
        }
        #expect(dead[0].event == "e" && dead[0].attempts == 1 && dead[0].problem != nil)
        try await sidestep.webhooks.redeliver(dead[0].id)
        #expect(try await sidestep.webhooks.delete("w"))
        #expect(try await sidestep.webhooks.deliveries().isEmpty)
    }
}
