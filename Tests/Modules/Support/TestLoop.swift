import Glibc
import SidestepEngine
import SidestepModel
import Synchronization

/// A loop that the test thread turns by hand, with timers on a test clock: nothing happens by itself.
public final class TestLoop: EngineLoop, @unchecked Sendable {
    private struct Queue {
        var bodies: [@Sendable () -> Void] = []
        var timers: [Int: (at: Int64, body: @Sendable () -> Void)] = [:]
        var nextTimer = 0
    }

    private let clock: TestClock
    private let owner = pthread_self()
    private let queue = Mutex(Queue())

    public init(clock: TestClock) { self.clock = clock }

    public func run(_ body: @escaping @Sendable () -> Void) {
        if pthread_equal(pthread_self(), owner) != 0 {
            body()
        } else {
            queue.withLock { $0.bodies.append(body) }
        }
    }

    public func assertOnLoop() { precondition(pthread_equal(pthread_self(), owner) != 0) }

    public func schedule(
        afterMilliseconds delay: Int64, _ body: @escaping @Sendable () -> Void
    ) -> any LoopTimer {
        let number = queue.withLock { queue in
            queue.nextTimer += 1
            queue.timers[queue.nextTimer] = (clock.sinceBoot() + delay, body)
            return queue.nextTimer
        }
        return Timer(loop: self, number: number)
    }

    public func alarm(
        afterMilliseconds delay: Int64, _ body: @escaping @Sendable () -> Void
    ) -> any LoopTimer {
        schedule(afterMilliseconds: delay, body)
    }

    /// Runs what other threads handed over.
    public func turn() {
        while let body = queue.withLock({ $0.bodies.isEmpty ? nil : $0.bodies.removeFirst() }) { body() }
    }

    /// Moves the clock, stopping at each timer on the way.
    public func advance(_ span: Int64) {
        let end = clock.sinceBoot() + span
        while let (number, at) = nextTimer(), at <= end {
            clock.advance(max(0, at - clock.sinceBoot()))
            queue.withLock { $0.timers.removeValue(forKey: number) }?.body()
            turn()
        }
        clock.advance(max(0, end - clock.sinceBoot()))
    }

    private func nextTimer() -> (number: Int, at: Int64)? {
        queue.withLock { queue in
            queue.timers.min { ($0.value.at, $0.key) < ($1.value.at, $1.key) }.map { ($0.key, $0.value.at) }
        }
    }

    private struct Timer: LoopTimer {
        let loop: TestLoop
        let number: Int
        func cancel() { loop.queue.withLock { _ = $0.timers.removeValue(forKey: number) } }
    }
}

/// Processes that live until a test ends them.
public final class TestProcesses: ProcessWatching, ProcessLooking {
    private struct Table {
        var dead: Set<ProcessIdentity> = []
        var watchers: [ProcessIdentity: @Sendable () -> Void] = [:]
        var signals: [Int32] = []
        var refusal: String?
    }

    private let table = Mutex(Table())

    public init() {}

    public func watch(_ process: ProcessIdentity, onExit: @escaping @Sendable () -> Void) -> Watched {
        table.withLock { table in
            if table.dead.contains(process) { return .ended }
            table.watchers[process] = onExit
            return .byDescriptor
        }
    }

    public func unwatch(_ process: ProcessIdentity) { table.withLock { $0.watchers[process] = nil } }

    public func signal(_ process: ProcessIdentity, _ signal: Int32) -> Signalled {
        if let refusal = table.withLock({ $0.refusal }) { return .refused(refusal) }
        table.withLock { $0.signals.append(signal) }
        end(process)
        return .sent
    }

    /// From now on no signal is let through.
    public func refuseSignals(_ reason: String) { table.withLock { $0.refusal = reason } }

    public var signals: [Int32] { table.withLock { $0.signals } }

    public func isStopped(_ process: ProcessIdentity) -> Bool { false }

    public func hasEnded(_ process: ProcessIdentity) -> Bool { table.withLock { $0.dead.contains(process) } }

    /// The process is gone; nobody is told yet.
    public func endUntold(_ process: ProcessIdentity) { table.withLock { _ = $0.dead.insert(process) } }

    /// The process is gone; who watches it is told at once.
    public func end(_ process: ProcessIdentity) {
        let watcher = table.withLock { table in
            table.dead.insert(process)
            return table.watchers.removeValue(forKey: process)
        }
        watcher?()
    }
}
