import SidestepModel
import Synchronization

/// How many deliveries of a webhook may wait besides, at least: counting those that wait with each event would make
/// every event as expensive as thousands of rows.
///
/// Only ever too low: a place that was taken by what was rolled back is found by counting again when none is left. All
/// else changes after a commit: that a webhook is full, that there is room again; and a commit that fails has all of it
/// counted again, since what its jobs counted may not be there.
final class PendingRoom: Sendable {
    private let room = Mutex<[Int64: Int]>([:])

    /// Takes a place for one delivery.
    ///
    /// - Parameter count: counts what waits, up to the limit.
    /// - Returns: false when there is none.
    func take(_ webhook: Int64, count: () throws -> Int) rethrows -> Bool {
        let known = room.withLock { room in
            let left = room[webhook]
            if let left, left > 0 { room[webhook] = left - 1 }
            return left
        }
        if let known, known != 0 { return known != Self.full }
        let left = WebhookRecord.pendingLimit - (try count())
        guard left > 0 else { return false }
        room.withLock { $0[webhook] = left - 1 }
        return true
    }

    /// At the limit there is no room until one of those that wait does not any more: nothing is counted until then.
    func isFull(_ webhook: Int64) { room.withLock { $0[webhook] = Self.full } }

    /// Fewer wait, or more than was known, or the webhook is gone.
    func forget(_ webhook: Int64) { room.withLock { _ = $0.removeValue(forKey: webhook) } }

    /// A commit failed.
    func forgetAll() { room.withLock { $0 = [:] } }

    private static let full = -1
}
