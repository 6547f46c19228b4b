import Glibc
import Logging
import SidestepEngine
import SidestepServer

/// Leaves when nothing was to do for a while; the next connection starts the daemon again.
///
/// systemd keeps the socket. Looking and closing the listener are one turn of the loop, so that a connection
/// is either served here or waits for the next process. Unchecked: all state is touched on the loop.
final class IdleExit: @unchecked Sendable {
    /// A daemon that leaves after less may be started more often than systemd's trigger limit allows.
    static let rareMilliseconds: Int64 = 5000
    /// nil: it stays.
    private var milliseconds: Int64?
    private let loop: any EngineLoop
    private let server: SocketServer
    private let coordinator: Coordinator
    private let log: Logger
    private var timer: (any LoopTimer)?
    /// Grows whenever a connection comes or goes: what was found before says nothing then.
    private var changes = 0

    init(
        loop: any EngineLoop, _ server: SocketServer, _ coordinator: Coordinator, _ log: Logger
    ) {
        self.loop = loop
        self.server = server
        self.coordinator = coordinator
        self.log = log
    }

    /// Watches from now on, or not any more, on the loop; counts from now if nobody is connected.
    ///
    /// - Parameter milliseconds: how long nothing may be to do; 0 for ever.
    func set(_ milliseconds: Int64) {
        self.milliseconds = milliseconds > 0 ? milliseconds : nil
        server.onConnections = milliseconds == 0 ? nil : { [weak self] in self?.connectionsChanged($0) }
        connectionsChanged(server.connections)
    }

    private func connectionsChanged(_ count: Int) {
        changes += 1
        timer?.cancel()
        if count == 0 { arm() }
    }

    private func arm() {
        timer = milliseconds.map { loop.schedule(afterMilliseconds: $0) { self.look() } }
    }

    private func look() {
        let seen = changes
        coordinator.lookForWork { hasWork in
            guard seen == self.changes else { return }
            if hasWork { return self.arm() }
            self.server.stopAccepting()
            self.log.notice("nothing to do; leaving until the next connection")
            // The one way out is the signal that the main thread waits for.
            kill(getpid(), SIGTERM)
        }
    }
}
