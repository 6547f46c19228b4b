import Synchronization
import Testing

@testable import Sidestep

/// What tests wait for, instead of a while.
extension Sidestep {
    /// Until the connection broke and is there again.
    func reconnected() async throws {
        try await until { state in
            guard case .up = state.link else { return false }
            return state.generation > 0
        }
    }

    /// Until a call has been sent that has no answer.
    func waitsForAnswer() async throws { try await until { !$0.calls.isEmpty } }

    private func until(_ fact: @Sendable (Connection.State) -> Bool) async throws {
        while !connection.state.withLock({ fact($0) }) { try await Task.sleep(for: .milliseconds(2)) }
    }
}
