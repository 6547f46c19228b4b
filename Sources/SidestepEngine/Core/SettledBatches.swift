import SidestepModel
import SidestepStore
import Synchronization

/// Where a store leaves what it has committed, for the coordinator: it is there before either of them, so that both
/// have the other from their beginning.
public final class SettledBatches: Sendable {
    typealias Batch = (jobs: [any WriteJob], failure: Failure?)

    private struct State {
        var batches: [Batch] = []
        var told: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    /// Empty; the store is opened with it, and the coordinator made after that.
    public init() {}

    /// Takes note of a batch. Called by the store, on the thread that committed.
    public func add(_ jobs: [any WriteJob], _ failure: Failure?) {
        let told = state.withLock { state in
            state.batches.append((jobs, failure))
            return state.told
        }
        told?()
    }

    /// Who is told that there are some; batches come only after his own calls.
    func tell(_ told: @escaping @Sendable () -> Void) { state.withLock { $0.told = told } }

    func take() -> [Batch] {
        state.withLock { state in
            defer { state.batches = [] }
            return state.batches
        }
    }
}
