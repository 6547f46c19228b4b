import CShims
import SidestepEngine
import SidestepHost
import SidestepModel
import Synchronization

/// An alarm that also counts the time in which the machine slept, and hears when somebody sets the wall clock.
///
/// Two timerfd_create(2) on a thread of their own: one on CLOCK_BOOTTIME for the alarm, one on CLOCK_REALTIME with
/// TFD_TIMER_CANCEL_ON_SET, whose read(2) fails with ECANCELED when the clock jumps. The event loop's own timers are
/// on CLOCK_MONOTONIC, which stands still while a laptop is closed.
public final class BootAlarm: Sendable {
    private struct Setting {
        var number: UInt64 = 0
        var body: (@Sendable () -> Void)?
    }

    private let alarm: Int32
    private let wall: Int32
    private let setting = Mutex(Setting())
    private let onClockSet: @Sendable () -> Void

    /// - Parameter onClockSet: told on the alarm's thread.
    /// - Throws: when the system has no thread left.
    public init(onClockSet: @escaping @Sendable () -> Void) throws(Failure) {
        self.onClockSet = onClockSet
        alarm = shim_timer_boot()
        wall = shim_timer_wall()
        precondition(alarm >= 0 && wall >= 0, "timerfd_create: \(alarm), \(wall)")
        _ = try WorkerThread("alarm") { self.work() }
    }

    /// Rings once after a delay, on the alarm's thread; setting it again replaces what was set.
    func set(afterMilliseconds delay: Int64, _ body: @escaping @Sendable () -> Void) -> any LoopTimer {
        setting.withLock { setting in
            setting.number += 1
            setting.body = body
            // A timer of 0 would be none at all.
            _ = shim_timer_set(alarm, max(1, delay))
            return Timer(alarm: self, number: setting.number)
        }
    }

    private func cancel(_ number: UInt64) {
        setting.withLock { if $0.number == number { $0.body = nil } }
    }

    private func work() {
        while true {
            let ready = shim_timer_wait(alarm, wall)
            if ready & 1 != 0 { setting.withLock { $0.body.take() }?() }
            if ready & 2 != 0 { onClockSet() }
        }
    }

    private struct Timer: LoopTimer {
        let alarm: BootAlarm
        let number: UInt64
        func cancel() { alarm.cancel(number) }
    }
}
