import SidestepProtocol
import Testing

@testable import Sidestep

/// All methods of the protocol are there with types, and read what the daemon sends.
@Suite(.timeLimit(.minutes(10))) struct WireTests {
    @Test(
        "the result of every method of the table is read from its example",
        arguments: MethodTable.all.map(\.name))
    func examples(name: String) throws {
        let method = try #require(MethodTable.all.first { $0.name == name })
        let read = try #require(Wire.results[name])
        let example = try RawJSON(parsing: Array(method.example.result.utf8))
        try read(WireReader(name, example))
    }

    @Test("there is nothing that the table does not have")
    func methods() {
        #expect(Set(Wire.results.keys) == Set(MethodTable.all.map(\.name)))
    }

    @Test("what is written comes back from the daemon as values")
    func roundTrip() async throws {
        let daemon = try await LocalDaemon()
        let client = try await daemon.connect()
        let run = try await client.resume("r", workflow: "w", options: .with { $0.tags = ["a": "b"] })
        _ = try await run.step("s") { ["x": 1] }
        let list = try await client.wire.runList(workflow: "w", status: "running")
        #expect(list.runs.map(\.id) == ["r"] && list.runs.first?.tags == ["a": "b"])
        let step = try await client.wire.stepGet(run: "r", step: "s")
        #expect(step.output?.text == #"{"x":1}"#)
        try await client.wire.queuePut(queue: "q", concurrency: 3)
        #expect(try await client.wire.queueList().queues.contains { $0.queue == "q" })
        try await client.wire.runPause(run: "r")
        #expect(try await client.wire.runGet(run: "r").run.status == "paused")
    }

    @Test("a reply that lacks what must be there is an error that names it")
    func lacking() {
        let error = #expect(throws: SidestepError.self) {
            _ = try Wire.RunListResult(WireReader("run.list", .emptyObject))
        }
        #expect(error?.kind == .unexpectedReply && error?.message.contains("`runs`") == true)
    }
}
