import Synchronization
import Testing

@testable import Sidestep

/// What tests wait for, instead of a while.
extension SidestepClient {
    /// Until the connection broke and is there again.
    func reconnected() async throws {
        try await until { state in
            guard case .up = state.link else { return false }
            return state.generation > 0
        }
    }

    /// Until it is known that the connection broke, and nobody looks for another.
    func isDown() async throws {
        try await until { state in
            guard case .down = state.link else { return false }
            return true
        }
    }

    /// Until a call has been sent that has no answer.
    func waitsForAnswer() async throws { try await until { !$0.calls.isEmpty } }

    private func until(_ fact: @Sendable (Connection.State) -> Bool) async throws {
        while !connection.state.withLock({ fact($0) }) { try await Task.sleep(for: .milliseconds(2)) }
    }
}
