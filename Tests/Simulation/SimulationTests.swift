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

extension Program: RandomProgram {}
