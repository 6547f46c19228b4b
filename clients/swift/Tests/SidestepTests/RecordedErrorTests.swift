import SidestepProtocol
import Testing

@testable import Sidestep

/// Errors that can be written down come back as themselves.
enum Declined: Error, Codable, Equatable {
    case card(String)
    case limit(Int)
}

@Suite(.timeLimit(.minutes(10))) struct RecordedErrorTests {
    private enum Hidden: Error, Codable, Equatable { case here(Int) }

    private func next(_ daemon: LocalDaemon) async throws -> Run {
        try await daemon.connect().resume("r", options: .with { $0.ifOwned = .takeOver })
    }

    @Test("an error that is Codable is caught as itself around a step, now and on every replay")
    func step() async throws {
        let daemon = try await LocalDaemon()
        let bodies = Counter()
        for _ in 1...2 {
            let run = try await next(daemon)
            await #expect(throws: Declined.card("expired")) {
                try await run.step("pay") { () -> Int in
                    await bodies.next()
                    throw Declined.card("expired")
                }
            }
        }
        #expect(await bodies.count == 1)
    }

    @Test("an error of a type that nobody else can name is the same both times: what is on record")
    func hidden() async throws {
        struct Local: Error, Codable {}
        let daemon = try await LocalDaemon()
        for _ in 1...2 {
            let run = try await next(daemon)
            let first = await #expect(throws: SidestepError.self) {
                try await run.step("s") { throw Hidden.here(7) }
            }
            let second = await #expect(throws: SidestepError.self) {
                try await run.step("t") { throw Local() }
            }
            #expect((first?.cause as? RecordedError)?.description == "Hidden: here(7)")
            #expect((second?.cause as? RecordedError)?.type == "Local")
        }
    }

    @Test("an error that is Codable ends a workflow, and is what the next call of it throws")
    func workflow() async throws {
        let daemon = try await LocalDaemon()
        for _ in 1...2 {
            let client = try await daemon.connect()
            await #expect(throws: Declined.limit(3)) {
                try await client.workflow("w", run: "r") { _ in throw Declined.limit(3) }
            }
        }
        let client = try await daemon.connect()
        await #expect(throws: Declined.limit(3)) { try await client.result(of: "r", as: Int.self) }
    }

    @Test("what is on record of an error is read by name and value, and by nothing else")
    func record() throws {
        let payloads = SidestepClient.Configuration().payloads
        let failure = Failure(Declined.limit(3), payloads)
        #expect(failure.error["type"]?.string == "Declined")
        #expect(RecordedError(failure.error).thrown(payloads) as? Declined == .limit(3))
        #expect(RecordedError(.object { $0.member("swift_type", "SS") }).thrown(payloads) == nil)
        let text = RawJSON.object { writer in
            writer.member("swift_type", "SS")
            writer.member("value", "x")
        }
        #expect(RecordedError(text).thrown(payloads) == nil, "a String is no error")
        let large = Failure(Declined.card(String(repeating: "x", count: 70_000)), payloads)
        #expect(RecordedError(large.error).thrown(payloads) == nil)
    }
}
