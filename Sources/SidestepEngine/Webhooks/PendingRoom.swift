import SidestepModel
import Synchronization

/// How many deliveries of a webhook may wait besides, at least: counting those that wait with each event would make
/// every event as expensive as thousands of rows.
///
/// Only ever too low: what was rolled back or settled meanwhile is found by counting again when nothing is left.
final class PendingRoom: Sendable {
    private let room = Mutex<[Int64: Int]>([:])

    /// Takes a place for one delivery.
    ///
    /// - Parameter count: counts what waits, up to the limit.
    /// - Returns: false when there is none.
    func take(_ webhook: Int64, count: () throws -> Int) rethrows -> Bool {
        if let left = room.withLock({ $0[webhook] }), left > 0 {
            room.withLock { $0[webhook] = left - 1 }
            return true
        }
        // At the limit there is no room until one of those that wait is settled.
        if room.withLock({ $0[webhook] }) == Self.full { return false }
        let left = WebhookRecord.pendingLimit - (try count())
        room.withLock { $0[webhook] = left > 0 ? left - 1 : Self.full }
        return left > 0
    }

    /// One that waited does not any more.
    func settled(_ webhook: Int64) {
        room.withLock { if $0[webhook] == Self.full { $0[webhook] = nil } }
    }

    /// More wait than was known, or the webhook is gone.
    func forget(_ webhook: Int64) { room.withLock { _ = $0.removeValue(forKey: webhook) } }

    private static let full = -1
}
