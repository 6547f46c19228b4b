import SidestepModel
import Synchronization

/// The time of a daemon that was started for tests: the host's, and what tests have added to it.
final class TestTime: MovableClock {
    private let host = WallClock()
    private let added: Atomic<Int64>

    /// - Parameter added: milliseconds.
    init(added: Int64) { self.added = Atomic(added) }

    func now() -> Instant { host.now().advanced(byMilliseconds: added.load(ordering: .relaxed)) }
    func sinceBoot() -> Int64 { host.sinceBoot() + added.load(ordering: .relaxed) }
    func advance(milliseconds: Int64) { added.wrappingAdd(milliseconds, ordering: .relaxed) }
}
