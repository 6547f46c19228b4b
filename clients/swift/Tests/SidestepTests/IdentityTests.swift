import SidestepProtocol
import Synchronization
import Testing

@testable import Sidestep

/// A replay never gives a step the record of another: against a real daemon.
@Suite(.timeLimit(.minutes(10))) struct IdentityTests {
    private struct Executed: Error {}

    /// The run as the next process finds it.
    private func next(_ daemon: LocalDaemon, _ change: (inout ResumeOptions) -> Void = { _ in }) async throws
        -> Run
    {
        try await daemon.connect().resume(
            "r",
            options: .with {
                $0.ifOwned = .takeOver
                change(&$0)
            })
    }

    @Test("items that are called in another order get their own records")
    func order() async throws {
        let daemon = try await LocalDaemon()
        let first = try await next(daemon)
        for item in ["A", "B", "C"] { _ = try await first.step("double", with: item) { $0 + $0 } }
        let second = try await next(daemon)
        for item in ["C", "A", "B"] {
            #expect(
                try await second.step("double", with: item) { _ -> String in throw Executed() } == item + item
            )
        }
    }

    @Test("a call is known by its argument, whatever the order of an object's members")
    func objects() async throws {
        let daemon = try await LocalDaemon()
        _ = try await next(daemon).step("s", with: ["b": 1, "a": 2]) { $0.count }
        #expect(
            try await next(daemon).step("s", with: ["a": 2, "b": 1]) { _ -> Int in throw Executed() } == 2)
    }

    @Test("what a sequential program did not ask for before is a mismatch that shows both and the ways out")
    func mismatch() async throws {
        let daemon = try await LocalDaemon()
        _ = try await next(daemon).step("charge", with: "A") { $0 }
        let second = try await next(daemon)
        let error = await #expect(throws: SidestepError.self) {
            _ = try await second.step("charge", with: "B") { _ -> String in throw Executed() }
        }
        #expect(error?.kind == .stepMismatch)
        #expect(error?.message.contains(#"["B"]"#) == true && error?.message.contains(#"["A"]"#) == true)
        #expect(error?.hint?.contains("onMismatch") == true)
        let third = try await next(daemon) { $0.onMismatch = .warn }
        #expect(try await third.step("charge", with: "B") { _ -> String in throw Executed() } == "A")
    }

    @Test("one of many that was not on record is executed, and leaves the records of the others to them")
    func fanOut() async throws {
        let daemon = try await LocalDaemon()
        let first = try await next(daemon)
        for item in ["A", "C"] { _ = try await first.step("fetch", with: item) { $0 + "1" } }
        let second = try await next(daemon)
        let found = try await withThrowingTaskGroup(of: String.self) { group in
            group.addTask { try await second.step("fetch", with: "B") { $0 + "2" } }
            var found = [try await group.next()!]
            for item in ["C", "A"] {
                group.addTask { try await second.step("fetch", with: item) { $0 + "2" } }
            }
            for try await value in group { found.append(value) }
            return found
        }
        #expect(Set(found) == ["A1", "B2", "C1"])
    }

    @Test("children are found by what they are given")
    func children() async throws {
        let daemon = try await LocalDaemon()
        for order in [["A", "B"], ["B", "A"]] {
            let run = try await next(daemon)
            for item in order {
                let child = try await run.enqueue("child", input: item)
                #expect(child == (item == "A" ? "r/child" : "r/child#2"))
            }
        }
    }

    @Test("the key for the outside world tells the arguments and not the order of the calls")
    func keys() async throws {
        let daemon = try await LocalDaemon()
        let keys = Mutex<[String: [String]]>([:])
        for order in [["A", "B"], ["B", "A"]] {
            let run = try await next(daemon)
            for item in order {
                try await interrupted { reached in
                    try await run.step("s", with: item) { item in
                        keys.withLock { $0[item, default: []].append(StepContext.current!.idempotencyKey) }
                        try await reached()
                    }
                }
            }
        }
        let all = keys.withLock { $0 }
        #expect(all.values.allSatisfy { $0.count == 2 && $0[0] == $0[1] })
        #expect(all["A"]?.first != all["B"]?.first)
    }

    @Test("steps within a step are found within it, in every order")
    func nested() async throws {
        let daemon = try await LocalDaemon()
        let executed = Mutex<[String]>([])
        @Sendable func double(_ items: [String], in run: Run) async throws -> [String] {
            var found: [String] = []
            for item in items {
                found.append(
                    try await run.step("in", with: item) { item in
                        executed.withLock { $0.append(item) }
                        return item + item
                    })
            }
            return found
        }
        let first = try await next(daemon)
        try await interrupted { reached in
            try await first.step("outer") {
                _ = try await double(["A", "B"], in: first)
                try await reached()
            }
        }
        let second = try await next(daemon)
        let output = try await second.step("outer") { try await double(["B", "A"], in: second) }
        #expect(output == ["BB", "AA"])
        #expect(executed.withLock { $0 } == ["A", "B"])
    }

    /// Executes a body as far as it calls `reached`, and ends its task there.
    private func interrupted(
        _ body:
            @escaping @Sendable (_ reached: @escaping @Sendable () async throws -> Void) async throws -> Void
    ) async throws {
        let (stream, here) = AsyncStream.makeStream(of: Void.self)
        let task = Task {
            defer { here.finish() }
            try await body {
                here.yield()
                try await Task.sleep(for: .seconds(600))
            }
        }
        var arrivals = stream.makeAsyncIterator()
        #expect(await arrivals.next() != nil)
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}
