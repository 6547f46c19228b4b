import Testing
import TestSupport

/// Random programs over conversations and graphs: any difference from the oracle is a bug in one of them.
@Suite struct AgentSimulationTests {
    @Test("engine and oracle agree on conversations and graphs over restarts and repeated messages")
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
            let program = AgentProgram(daemon: daemon, seed: seed)
            do {
                for _ in 0..<length { try program.step() }
                try program.compareEverything()
            } catch {
                Issue.record("seed \(seed), operation \(program.operations): \(error)")
                differences += 1
            }
            done += program.operations
        }
        print("simulation of agents: \(done) operations, \(seeds.count) seeds, \(differences) differences")
    }
}
