import NIOCore
import SidestepEngine

/// The event loop as the engine sees it.
public struct NIOEngineLoop: EngineLoop {
    private let loop: any EventLoop
    private let alarm: BootAlarm

    /// - Parameter onClockSet: told on the loop when somebody sets the wall clock.
    public init(_ loop: any EventLoop, onClockSet: @escaping @Sendable () -> Void) throws {
        self.loop = loop
        alarm = try BootAlarm { loop.execute(onClockSet) }
    }

    /// Calls the body on the loop: at once when the caller is on it, soon otherwise.
    public func run(_ body: @escaping @Sendable () -> Void) {
        if loop.inEventLoop { body() } else { loop.execute(body) }
    }

    /// Calls the body later; the delay stands still while the machine sleeps.
    public func schedule(
        afterMilliseconds delay: Int64, _ body: @escaping @Sendable () -> Void
    ) -> any LoopTimer {
        // A timer of NIO counts nanoseconds in 64 bits; a century is as good as never.
        Timer(scheduled: loop.scheduleTask(in: .milliseconds(min(delay, 3_155_760_000_000)), body))
    }

    /// Calls the body later, by a clock that goes on while the machine sleeps; it replaces the alarm that was set.
    public func alarm(
        afterMilliseconds delay: Int64, _ body: @escaping @Sendable () -> Void
    ) -> any LoopTimer {
        alarm.set(afterMilliseconds: min(delay, 3_155_760_000_000)) { loop.execute(body) }
    }

    /// Traps in debug builds when the caller is on another thread.
    public func assertOnLoop() { loop.assertInEventLoop() }

    private struct Timer: LoopTimer {
        let scheduled: Scheduled<Void>
        func cancel() { scheduled.cancel() }
    }
}
