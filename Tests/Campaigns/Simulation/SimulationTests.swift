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

    @Test(
        "engine and oracle agree on random operations, deaths, restarts, stale leases and repeated messages")
    func agree() throws {
        var kinds: [String: Int] = [:]
        try Seeds.run("simulation", operations: Self.operations, length: 2000) {
            Program(daemon: $0, seed: $1)
        } ended: {
            kinds.merge($0.done, uniquingKeysWith: +)
        }
        print(
            "simulation: "
                + kinds.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", "))
    }
}

/// The same on a store that performs every job twice and tells of batches in random order, as its contract allows.
@Suite struct LooseStoreTests {
    @Test(
        "engine and oracle agree on a store that performs every job twice and tells of batches in any order")
    func agree() throws {
        try Seeds.run(
            "simulation on a loose store", operations: SimulationTests.operations / 4, length: 2000,
            isLoose: true
        ) { Program(daemon: $0, seed: $1) }
        try Seeds.run(
            "simulation of announcing on a loose store", operations: SimulationTests.operations / 20,
            length: 1000,
            isLoose: true
        ) { try AnnounceProgram(daemon: $0, seed: $1) }
    }
}

extension Program: RandomProgram {}
