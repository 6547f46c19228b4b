import Glibc
import Logging
import SidestepEngine
import SidestepServer

/// Leaves when a daemon that drains has nothing under way any more. Unchecked: all state is touched on the loop.
final class DrainExit: @unchecked Sendable {
    private static let interval: Int64 = 500

    private let loop: any EngineLoop
    private let server: SocketServer
    private let coordinator: Coordinator
    private let log: Logger
    private var timer: (any LoopTimer)?
    /// Grows with each change of mind: what was found before says nothing then.
    private var changes = 0

    init(
        loop: any EngineLoop, _ server: SocketServer, _ coordinator: Coordinator, _ log: Logger
    ) {
        self.loop = loop
        self.server = server
        self.coordinator = coordinator
        self.log = log
    }

    /// Begins to look, or ends it, on the loop.
    func set(_ isOn: Bool) {
        changes += 1
        timer?.cancel()
        timer = nil
        log.notice(isOn ? "draining: nothing new starts" : "draining no more: runs start again")
        if isOn { arm() }
    }

    private func arm() {
        timer = loop.schedule(afterMilliseconds: Self.interval) { self.look() }
    }

    private func look() {
        let seen = changes
        coordinator.lookForWorkUnderWay { hasWork in
            guard seen == self.changes else { return }
            if hasWork { return self.arm() }
            self.server.stopAccepting()
            self.log.notice("drained; leaving")
            // The one way out is the signal that the main thread waits for.
            kill(getpid(), SIGTERM)
        }
    }
}
