import NIOCore
import SidestepEngine
import Synchronization

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
        let once = Once(body)
        let scheduled = loop.scheduleTask(in: .milliseconds(min(delay, Self.never))) { once.run() }
        return Timer(body: once) { scheduled.cancel() }
    }

    /// Calls the body later, by a clock that goes on while the machine sleeps; it replaces the alarm that was set.
    public func alarm(
        afterMilliseconds delay: Int64, _ body: @escaping @Sendable () -> Void
    ) -> any LoopTimer {
        let once = Once(body)
        let set = alarm.set(afterMilliseconds: min(delay, Self.never)) { loop.execute { once.run() } }
        return Timer(body: once) { set.cancel() }
    }

    private static let never: Int64 = 3_155_760_000_000

    /// Traps in debug builds when the caller is on another thread.
    public func assertOnLoop() { loop.assertInEventLoop() }

    private struct Timer: LoopTimer {
        let body: Once
        let stop: @Sendable () -> Void

        func cancel() {
            body.cancel()
            stop()
        }
    }

    /// A body that can be cancelled until the moment in which it runs.
    ///
    /// NIO takes all that is due out of its queue before it runs the first of it: what the first of them cancels
    /// would run all the same.
    private final class Once: Sendable {
        private let body: @Sendable () -> Void
        private let isCancelled = Atomic(false)

        init(_ body: @escaping @Sendable () -> Void) { self.body = body }

        func cancel() { isCancelled.store(true, ordering: .relaxed) }
        func run() { if !isCancelled.load(ordering: .relaxed) { body() } }
    }
}
