import SidestepProtocol
import SidestepTesting
import Testing

@testable import Sidestep

/// Whether the code of today goes on with a run that was exported.
@Suite(.timeLimit(.minutes(10))) struct ReplayTests {
    /// The workflow, as its run was recorded and as it was changed since.
    struct Trip: Workflow {
        enum Version { case recorded, withoutHotel, withTrain, otherArgument, otherOutput, failing }
        static let name = "trip"
        let version: Version
        let effects: Counter

        func run(_ run: Run, input days: Int) async throws -> String {
            if version == .withTrain { try await run.step("train") { _ = await effects.next() } }
            let to = version == .otherArgument ? "Rome" : "Oslo"
            let flight = try await run.step("flight", with: to) { to in
                await effects.next()
                return "to \(to) for \(days)"
            }
            try await run.sleep("night", for: .milliseconds(1))
            if version == .failing { throw AttemptTimeout(limit: .zero) }
            if version == .withoutHotel { return flight }
            let hotel = try await run.step("hotel") {
                try await run.step("room") { await effects.next() }
            }
            return version == .otherOutput ? "another" : "\(flight), \(hotel > 0)"
        }
    }

    private func export(to last: String? = nil) async throws -> [RawJSON] {
        let daemon = try await TestDaemon.start()
        let client = try await daemon.connect(crashing: last.map { .beforeBody(of: $0) })
        let recorded = Trip(version: .recorded, effects: Counter())
        _ = try? await client.execute(recorded, run: "t", input: 3)
        let lines = Counter.Lines()
        try await daemon.connect().export("t") { page in await lines.add(page) }
        return await lines.lines
    }

    private func replay(_ lines: [RawJSON], _ version: Trip.Version) async throws {
        let effects = Counter()
        do { try await Replay(lines).check(Trip(version: version, effects: effects)) } catch {
            #expect(await effects.count == 0)
            throw error
        }
        #expect(await effects.count == 0, "nothing is executed")
    }

    @Test("a run goes on with the code that it was recorded by, and no body is executed")
    func same() async throws {
        try await replay(try await export(), .recorded)
    }

    @Test(
        "the first call that differs is named",
        arguments: [
            (Trip.Version.withoutHotel, "no call gets the record of hotel"),
            (.withTrain, "'train' has no record: the run was recorded without this call"),
            (.otherArgument, #"flight is called with ["Rome"], and flight is on record with ["Oslo"]"#),
            (.otherOutput, #"the output was "to Oslo for 3, true", and is "another""#),
            (.failing, "no call gets the record of hotel; the workflow threw "),
        ])
    func differs(version: Trip.Version, text: String) async throws {
        let lines = try await export()
        let difference = await #expect(throws: ReplayDifference.self) { try await replay(lines, version) }
        #expect(difference?.description.hasPrefix(text) == true, "\(String(describing: difference))")
    }

    @Test("a run that was exported before its end is replayed as far as it had come")
    func open() async throws {
        let lines = try await export(to: "hotel")
        try await replay(lines, .recorded)
        try await replay(lines, .otherOutput)
        await #expect(throws: ReplayDifference.self) { try await replay(lines, .otherArgument) }
    }

    @Test("what is no export of a run is refused")
    func nonsense() {
        #expect(throws: ReplayDifference.self) { try Replay([]) }
        #expect(throws: ReplayDifference.self) { try Replay(contentsOf: "/nowhere") }
    }
}

extension Counter {
    /// Lines from many pages.
    actor Lines {
        private(set) var lines: [RawJSON] = []
        func add(_ page: [RawJSON]) { lines += page }
    }
}
