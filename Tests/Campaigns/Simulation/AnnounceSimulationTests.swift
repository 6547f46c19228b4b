import Testing
import TestSupport

extension AnnounceProgram: RandomProgram {
    func compareEverything() throws { try compareSchedule() }
}

/// Random programs over streams, artifacts, events and schedules: any difference from the oracle is a bug in
/// one of them.
@Suite struct AnnounceSimulationTests {
    @Test(
        "engine and oracle agree on streams, artifacts, events and schedules over restarts and stale leases")
    func agree() throws {
        try Seeds.run("simulation of announcing", operations: SimulationTests.operations / 20, length: 1000) {
            try AnnounceProgram(daemon: $0, seed: $1)
        }
    }
}
