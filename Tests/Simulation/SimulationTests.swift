import Glibc
import Testing
import TestSupport

/// Random programs over the engine and over an oracle of a few dictionaries:
/// any difference is a bug in one of them.
///
/// SIDESTEP_SIMULATION_OPERATIONS sets how many operations there are in all;
/// SIDESTEP_SIMULATION_SEED repeats one seed.
@Suite struct SimulationTests {
    static let operations =
        getenv("SIDESTEP_SIMULATION_OPERATIONS").flatMap { Int(String(cString: $0)) } ?? 200_000
    static let programLength = 2000
    static let fixedSeed = getenv("SIDESTEP_SIMULATION_SEED").flatMap { UInt64(String(cString: $0)) }

    @Test(
        "engine and oracle agree on random operations, deaths, restarts, stale leases and repeated messages")
    func agree() throws {
        let seeds =
            Self.fixedSeed.map { [$0] }
            ?? (1...UInt64(max(1, Self.operations / Self.programLength))).map { $0 }
        var done = 0
        var differences = 0
        var kinds: [String: Int] = [:]
        for seed in seeds {
            let outcome = try runProgram(seed)
            done += outcome.operations
            differences += outcome.agrees ? 0 : 1
            kinds.merge(outcome.kinds, uniquingKeysWith: +)
        }
        print("simulation: \(done) operations, \(seeds.count) seeds, \(differences) differences")
        print(
            "simulation: "
                + kinds.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", "))
    }

    private func runProgram(_ seed: UInt64) throws -> (
        operations: Int, agrees: Bool, kinds: [String: Int]
    ) {
        let folder = temporaryFolder()
        defer { removeFolder(folder) }
        let daemon = try TestDaemon(path: folder + "/sidestep.db", seed: seed)
        defer { daemon.close() }
        let program = Program(daemon: daemon, seed: seed)
        do {
            for _ in 0..<Self.programLength { try program.step() }
            try program.compareEverything()
            return (program.operations, true, program.done)
        } catch {
            Issue.record("seed \(seed), operation \(program.operations): \(error)")
            return (program.operations, false, program.done)
        }
    }
}
