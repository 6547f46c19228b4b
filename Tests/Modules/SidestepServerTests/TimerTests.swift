import NIOCore
import NIOPosix
import SidestepEngine
import SidestepServer
import Synchronization
import Testing

@Suite struct TimerTests {
    @Test(
        "a timer that is cancelled in the turn of the loop in which it is due does not fire",
        arguments: [true, false])
    func dueTogether(isAlarm: Bool) throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        defer { try? group.syncShutdownGracefully() }
        let timers = try NIOEngineLoop(group.next()) {}
        // Now and then the loop runs the timer before what cancels it, and there is nothing to be seen.
        for _ in 0..<100 {
            let fired = try round(timers, group.next(), isAlarm: isAlarm)
            if fired.first == "first" { return #expect(fired == ["first"]) }
        }
        Issue.record("what cancels the timer never came before it")
    }

    /// What ran, of a timer and of what cancels it, both due in one turn.
    private func round(_ timers: NIOEngineLoop, _ loop: any EventLoop, isAlarm: Bool) throws -> [String] {
        let fired = Mutex<[String]>([])
        let second = Mutex<(any LoopTimer)?>(nil)
        let done = loop.makePromise(of: Void.self)
        let set = isAlarm ? timers.alarm : timers.schedule
        loop.execute {
            loop.execute {
                fired.withLock { $0.append("first") }
                second.withLock { $0 }?.cancel()
            }
            let timer = set(0) { fired.withLock { $0.append("second") } }
            second.withLock { $0 = timer }
            _ = timers.schedule(afterMilliseconds: 50) { done.succeed() }
            // It is due before the loop looks again.
            let start = NIODeadline.now()
            while NIODeadline.now() - start < .milliseconds(5) {}
        }
        try done.futureResult.wait()
        return fired.withLock { $0 }
    }
}
