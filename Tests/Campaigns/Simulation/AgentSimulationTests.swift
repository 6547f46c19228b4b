import Testing
import TestSupport

extension AgentProgram: RandomProgram {}

/// Random programs over conversations, graphs and memories: any difference from the oracle is a bug in one of them.
@Suite struct AgentSimulationTests {
    @Test("engine and oracle agree on conversations, graphs and memories over restarts and repeated messages")
    func agree() throws {
        try Seeds.run("simulation of agents", operations: SimulationTests.operations / 20, length: 1000) {
            AgentProgram(daemon: $0, seed: $1)
        }
    }
}
