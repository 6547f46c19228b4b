import SidestepProtocol
import Testing

@testable import Sidestep

/// A run's status by its name on the wire.
func status(_ client: SidestepClient, _ run: String) async throws -> String? {
    try await client.call("run.get") { $0.member("run", run) }["run"]?["status"]?.string
}

/// Whether the step is an open wait.
func isWaiting(_ client: SidestepClient, _ run: String, _ step: String) async throws -> Bool {
    let found = try? await client.call("step.get") { writer in
        writer.member("run", run)
        writer.member("step", step)
    }
    return found?["status"]?.string == "waiting"
}

/// What a test waits for at most: on a machine that is busy, too, only a hang takes it.
let onlyAHang = Duration.seconds(300)

/// Waits for a fact.
func until(_ fact: () async throws -> Bool) async throws {
    let end = ContinuousClock.now + onlyAHang
    while try await !fact() {
        try #require(ContinuousClock.now < end, "it does not come true")
        try await Task.sleep(for: .milliseconds(2))
    }
}
