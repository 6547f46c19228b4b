import Glibc
import Logging
import SidestepEngine
import SidestepServer
import Synchronization

/// Looks now and then whether there is anything left to stay for, and leaves when there is not.
///
/// Looking and closing the listener are one turn of the loop, so that a connection is either served here or waits for
/// the next process.
final class Departure: Sendable {
    /// Asks whether there is work; answers on the loop.
    typealias Look = @Sendable (_ reply: @escaping @Sendable (_ hasWork: Bool) -> Void) -> Void

    private let loop: any EngineLoop
    private let server: SocketServer
    private let log: Logger
    /// What is said on the way out.
    private let farewell: Logger.Message
    private let look: Look
    private let state = Mutex(State())

    private struct State {
        var timer: (any LoopTimer)?
        /// Grows with each change of mind: what was found before says nothing then.
        var changes = 0
    }

    init(
        _ loop: any EngineLoop, _ server: SocketServer, _ log: Logger, farewell: Logger.Message,
        look: @escaping Look
    ) {
        self.loop = loop
        self.server = server
        self.log = log
        self.farewell = farewell
        self.look = look
    }

    /// Stays, whatever is found from now on.
    func stay() {
        state.withLock { state in
            state.changes += 1
            state.timer?.cancel()
            state.timer = nil
        }
    }

    /// Looks after so long, and again after as long while there is work.
    func leave(afterMilliseconds interval: Int64) {
        let timer = loop.schedule(afterMilliseconds: interval) { [self] in
            let seen = changes
            look { hasWork in
                guard seen == self.changes else { return }
                if hasWork { return self.leave(afterMilliseconds: interval) }
                self.server.stopAccepting()
                self.log.notice(self.farewell)
                // The one way out is the signal that the main thread waits for.
                kill(getpid(), SIGTERM)
            }
        }
        state.withLock { $0.timer = timer }
    }

    private var changes: Int { state.withLock(\.changes) }
}
