import SidestepProtocol
import Synchronization
import Testing

@testable import Sidestep

/// Steps that are told apart by keys, and the names that steps may have.
@Suite(.timeLimit(.minutes(10))) struct ParallelTests {
    private struct Place: Sendable {
        let url: String
        var pause = 0
    }
    private struct Executed: Error {}

    private func next(_ daemon: LocalDaemon) async throws -> Run {
        try await daemon.connect().resume("r", options: .with { $0.ifOwned = .takeOver })
    }

    @Test("elements are found by their keys in whatever order they end, and outputs are in their order")
    func order() async throws {
        let daemon = try await LocalDaemon()
        let places = (0..<20).map { Place(url: "https://example.org/\($0)", pause: (20 - $0) % 7) }
        let first = try await next(daemon).parallel("fetch", over: places, id: \.url) { place in
            try await Task.sleep(for: .milliseconds(place.pause))
            return place.url + "!"
        }
        #expect(first == places.map { $0.url + "!" })
        let again = try await next(daemon).parallel("fetch", over: places.reversed(), id: \.url) {
            _ -> String in throw Executed()
        }
        #expect(again == first.reversed())
    }

    @Test("elements that came are executed, those that were there are not, and none gets another's record")
    func changed() async throws {
        let daemon = try await LocalDaemon()
        _ = try await next(daemon).parallel("s", over: ["a", "b"], id: \.self) { $0 + "1" }
        let second = try await next(daemon).parallel("s", over: ["c", "b", "d"], id: \.self) { $0 + "2" }
        #expect(second == ["c2", "b1", "d2"])
    }

    @Test("no more than so many run at the same time")
    func width() async throws {
        let daemon = try await LocalDaemon()
        let gauge = Mutex((now: 0, most: 0))
        let run = try await next(daemon)
        _ = try await run.parallel("s", over: Array(0..<30), id: \.description, atMost: 4) { number in
            gauge.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
            await Task.yield()
            gauge.withLock { $0.now -= 1 }
            return number
        }
        #expect((1...4).contains(gauge.withLock { $0.most }))
    }

    @Test("two elements of one key are refused before anything runs")
    func sameKey() async throws {
        let daemon = try await LocalDaemon()
        let run = try await next(daemon)
        let error = await #expect(throws: SidestepError.self) {
            try await run.parallel("s", over: ["a", "b", "a"], id: \.self) { $0 }
        }
        #expect(error?.kind == .invalidArgument)
    }

    @Test("keys that differ have names that differ, a slash or not")
    func keys() throws {
        let names = try StepNames.keyed("f", ["a/b", "a%2Fb", "a", "a%b", "/"], run: "r")
        #expect(Set(names).count == 5)
        #expect(names[0] == "f:a%2Fb")
        #expect(!names.contains { $0.contains("/") })
    }

    @Test(
        "a name that no step may have is refused before its body runs", arguments: ["", "a/b", "/", "a\0b"])
    func names(name: String) async throws {
        let daemon = try await LocalDaemon()
        let run = try await next(daemon)
        let bodies = Counter()
        let error = await #expect(throws: SidestepError.self) {
            try await run.step(name) { await bodies.next() }
        }
        #expect(error?.kind == .invalidArgument)
        #expect(await bodies.count == 0)
        let steps = try await run.client.call("step.list") { $0.member("run", "r") }["steps"]
        #expect(steps?.elements.isEmpty == true)
    }
}
