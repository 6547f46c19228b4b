import Testing
import TestSupport

/// Random programs over streams, artifacts, events and schedules: any difference from the oracle is a bug in
/// one of them.
@Suite struct AnnounceSimulationTests {
    @Test(
        "engine and oracle agree on streams, artifacts, events and schedules over restarts and stale leases")
    func agree() throws {
        let length = 1000
        let seeds =
            SimulationTests.fixedSeed.map { [$0] }
            ?? (1...UInt64(max(1, SimulationTests.operations / 20 / length))).map { $0 }
        var (done, differences) = (0, 0)
        for seed in seeds {
            let folder = temporaryFolder()
            defer { removeFolder(folder) }
            let daemon = try TestDaemon(path: folder + "/sidestep.db", seed: seed)
            defer { daemon.close() }
            let program = try AnnounceProgram(daemon: daemon, seed: seed)
            do {
                for _ in 0..<length { try program.step() }
                try program.compareSchedule()
            } catch {
                Issue.record("seed \(seed), operation \(program.operations): \(error)")
                differences += 1
            }
            done += program.operations
        }
        print(
            "simulation of announcing: \(done) operations, \(seeds.count) seeds, \(differences) differences")
    }
}
