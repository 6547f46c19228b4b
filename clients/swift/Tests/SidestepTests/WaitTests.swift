import SidestepProtocol
import Synchronization
import Testing

@testable import Sidestep

/// Waits, workers and cancelling, against a real daemon.
@Suite(.timeLimit(.minutes(10))) struct WaitTests {
    @Test("a workflow waits for a signal, and a replay gets it without waiting")
    func signals() async throws {
        let daemon = try await LocalDaemon()
        let (owner, person) = (try await daemon.connect(), try await daemon.connect())
        async let answer = owner.workflow("w", run: "r") { run in
            try await run.signal("approve", as: Bool.self)
        }
        try await waits(person, "r", "signal:approve")
        #expect(try await person.signal("approve", to: "r", value: true, id: "m"))
        #expect(try await answer)
        let replayed = try await person.workflow("w", run: "r") { _ in false }
        #expect(replayed)
        #expect(try await person.signal("approve", to: "r", value: true, id: "m") == false)
    }

    @Test("a wait that times out gives nil, now and on a replay")
    func timeouts() async throws {
        let daemon = try await LocalDaemon()
        for _ in 1...2 {
            let run = try await daemon.connect().resume("r", options: .with { $0.ifOwned = .takeOver })
            let value = try await run.signal("never", as: Int.self, timeout: .milliseconds(20))
            #expect(value == nil)
            try await run.sleep(for: .milliseconds(20))
        }
    }

    @Test("a promise gives its value, or throws what it was rejected with")
    func promises() async throws {
        let daemon = try await LocalDaemon()
        let (owner, person) = (try await daemon.connect(), try await daemon.connect())
        let run = try await owner.resume("r")
        try await run.createPromise("yes", metadata: ["amount": 7])
        #expect(try await person.resolve("yes", of: "r", value: 7))
        #expect(try await person.resolve("yes", of: "r", value: 8) == false)
        #expect(try await run.promise("yes", as: Int.self) == 7)
        try await person.reject("no", of: "r", error: ["why": "no"])
        await #expect {
            _ = try await run.promise("no", as: Int.self)
        } throws: { error in
            (error as? SidestepError)?.kind == .promiseRejected
                && (error as? SidestepError)?.failure?["why"]?.string == "no"
        }
    }

    @Test("the first of several things is told apart")
    func firstOfSeveral() async throws {
        let daemon = try await LocalDaemon()
        let (owner, person) = (try await daemon.connect(), try await daemon.connect())
        let run = try await owner.resume("r")
        try await person.signal("stop", to: "r", value: "now")
        let arrival = try await run.first("w", of: [.promise("p"), .signal("stop")])
        guard case .signal("stop", let value) = arrival else {
            Issue.record("\(arrival)")
            return
        }
        #expect(value.string == "now")
    }

    @Test("ten thousand waits of one client take no place from other calls, and each gets its signal")
    func manyWaits() async throws {
        let daemon = try await LocalDaemon()
        let (owner, person) = (try await daemon.connect(), try await daemon.connect())
        let run = try await owner.resume("r")
        let count = 10_000
        let sum = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<count {
                group.addTask { try await run.signal("s\(number)", as: Int.self) }
            }
            try await waits(person, "r", "signal:s\(count - 1)")
            try await owner.call("ping")
            try await run.step("beside") {}
            try await withThrowingTaskGroup(of: Void.self) { sending in
                for number in (0..<count).reversed() {
                    sending.addTask { try await person.signal("s\(number)", to: "r", value: number) }
                }
                try await sending.waitForAll()
            }
            return try await group.reduce(0, +)
        }
        #expect(sum == count * (count - 1) / 2)
    }

    @Test("a worker executes children, and their parent waits for their outputs")
    func workers() async throws {
        let daemon = try await LocalDaemon()
        let client = try await daemon.connect()
        var worker = Worker(client, concurrency: 3, name: "w1")
        worker.register("square") { (run: Run, number: Int) in try await run.step("s") { number * number } }
        worker.register("sum") { (run: Run, numbers: [Int]) -> Int in
            var children: [String] = []
            for number in numbers { children.append(try await run.enqueue("square", input: number)) }
            var sum = 0
            for child in children { sum += try await run.output(of: child, as: Int.self) }
            return sum
        }
        let working = Task { [worker] in try await worker.run() }
        defer { working.cancel() }
        try await client.enqueue("sum", run: "total", input: [1, 2, 3])
        #expect(try await client.result(of: "total", as: Int.self, wait: onlyAHang) == 14)
        #expect(try await client.result(of: "total/square#2", as: Int.self) == 4)
    }

    @Test("a run that waits longer than the worker likes is let go, and comes back when its wait is over")
    func suspending() async throws {
        let daemon = try await LocalDaemon()
        let client = try await daemon.connect()
        let executions = Counter()
        var worker = Worker(client, suspendAfter: .milliseconds(20))
        worker.register("ask") { run -> Int in
            await executions.next()
            return try await run.signal("answer", as: Int.self)
        }
        let working = Task { [worker] in try await worker.run() }
        defer { working.cancel() }
        try await client.enqueue("ask", run: "r")
        while try await status(client, "r") != "waiting" { try await Task.sleep(for: .milliseconds(5)) }
        try await client.signal("answer", to: "r", value: 42)
        #expect(try await client.result(of: "r", as: Int.self, wait: onlyAHang) == 42)
        #expect(await executions.count == 2)
    }

    @Test("a cancelled workflow undoes its steps, the last one first, and then lets go")
    func compensation() async throws {
        let daemon = try await LocalDaemon()
        let (owner, person) = (try await daemon.connect(), try await daemon.connect())
        let undone = Mutex<[String]>([])
        let work = Task {
            try await owner.workflow("w", run: "r") { run -> Int in
                for name in ["a", "b"] {
                    _ = try await run.step(
                        name, compensation: { value in undone.withLock { $0.append(value) } }
                    ) { name }
                }
                return try await run.signal("never", as: Int.self)
            }
        }
        try await waits(person, "r", "signal:never")
        try await person.cancel("r", reason: "enough")
        await #expect { try await work.value } throws: { ($0 as? SidestepError)?.kind == .runCancelled }
        #expect(undone.withLock { $0 } == ["b", "a"])
        #expect(try await status(person, "r") == "cancelled")
        // What was undone is not replayed.
        await #expect {
            try await person.resume("r", options: .with { $0.ifClosed = .retry })
        } throws: { ($0 as? SidestepError)?.kind == .runClosed }
    }

    @Test("a step waits for room in a limit, and is refused by an open breaker and an empty budget")
    func limits() async throws {
        let daemon = try await LocalDaemon()
        let client = try await daemon.connect()
        try await client.call("limit.put") { writer in
            writer.member("limit", "one")
            writer.member("concurrency", 1)
        }
        let run = try await client.resume("r", options: .with { $0.budget = ["tokens": 10] })
        let atOnce = Gauge()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...5 {
                group.addTask {
                    try await run.step("s\(number)", options: .init(limit: "one")) {
                        await atOnce.enter()
                        try await Task.sleep(for: .milliseconds(5))
                        await atOnce.leave()
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(await atOnce.most == 1)
        await #expect {
            try await run.step("dear", options: .init(reserve: ["tokens": 11])) {}
        } throws: { ($0 as? SidestepError)?.kind == .budgetExhausted }
    }

    /// Returns when the step of the run is an open wait.
    private func waits(_ client: SidestepClient, _ run: String, _ step: String) async throws {
        while true {
            let found = try? await client.call("step.get") { writer in
                writer.member("run", run)
                writer.member("step", step)
            }
            if found?["status"]?.string == "waiting" { return }
            try await Task.sleep(for: .milliseconds(2))
        }
    }
}

/// How many are inside, and how many there were at most.
private actor Gauge {
    private var inside = 0
    private(set) var most = 0

    func enter() {
        inside += 1
        most = max(most, inside)
    }

    func leave() { inside -= 1 }
}
