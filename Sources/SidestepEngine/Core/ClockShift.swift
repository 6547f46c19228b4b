import SidestepModel
import SidestepStore

/// Keeps delays what they are when somebody sets the clock.
///
/// All instants are stored as the wall clock counts. When it jumps, the ends of delays jump with it, so that what is
/// left of them stays the same; dates stay where they are. Small steps, as of a clock that is being
/// disciplined, add up until they are worth a write: as many as the store's time takes for a clock that was set.
struct ShiftClock: Command {
    func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws {
        let clock = call.environment.clock
        // Both readings of this moment: that of the transaction is older.
        let offset = clock.now().milliseconds(since: Instant(milliseconds: clock.sinceBoot()))
        let boot = call.environment.boot
        guard let known = try store.clockOffset(), known.boot == boot else {
            // Another boot: how long the machine was off, only the wall clock knows.
            return try store.saveClockOffset(boot: boot, milliseconds: offset)
        }
        let jump = offset - known.milliseconds
        guard abs(jump) >= StoreTime.jump else { return }
        try store.shiftDelays(byMilliseconds: jump)
        try store.saveClockOffset(boot: boot, milliseconds: offset)
    }
}
