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
        let loop = group.next()
        let timers = try NIOEngineLoop(loop) {}
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
        #expect(fired.withLock { $0 } == ["first"])
    }
}
