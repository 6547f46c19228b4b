import Logging
import SidestepEngine
import SidestepServer
import Synchronization

/// Leaves when nothing was to do for a while; the next connection starts the daemon again, for systemd keeps the
/// socket.
final class IdleExit: Sendable {
    /// A daemon that leaves after less may be started more often than systemd's trigger limit allows.
    static let rareMilliseconds: Int64 = 5000
    /// nil: it stays.
    private let patience = Mutex<Int64?>(nil)
    private let server: SocketServer
    private let departure: Departure

    init(
        loop: any EngineLoop, _ server: SocketServer, _ coordinator: Coordinator, _ log: Logger
    ) {
        self.server = server
        departure = Departure(
            loop, server, log, farewell: "nothing to do; leaving until the next connection"
        ) { coordinator.lookForWork($0) }
    }

    /// Watches from now on, or not any more, on the loop; counts from now if nobody is connected.
    ///
    /// - Parameter milliseconds: how long nothing may be to do; 0 for ever.
    func set(_ milliseconds: Int64) {
        patience.withLock { $0 = milliseconds > 0 ? milliseconds : nil }
        server.onConnections = milliseconds == 0 ? nil : { [weak self] in self?.connectionsChanged($0) }
        connectionsChanged(server.connections)
    }

    private func connectionsChanged(_ count: Int) {
        departure.stay()
        if count == 0, let milliseconds = patience.withLock({ $0 }) {
            departure.leave(afterMilliseconds: milliseconds)
        }
    }
}
