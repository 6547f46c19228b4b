import Sidestep
import Synchronization

/// Finds the daemon: as every command does the first time, and the same one from then on.
final class DaemonPath: Sendable {
    private let named: String?
    private let state = Mutex((path: String?.none, hasTried: false))

    init(_ named: String?) { self.named = named }

    /// Where it was found.
    var path: String? { state.withLock { $0.path } ?? named }

    /// A connection to it.
    ///
    /// None is started but by the first look: one that somebody has stopped is not to come back because a page is open.
    func connect() throws -> BlockingConnection {
        let (path, hasTried) = state.withLock { state in
            defer { state.hasTried = true }
            return (state.path, state.hasTried)
        }
        let connection = try BlockingConnection(
            socket: path ?? named, autostart: hasTried ? false : nil)
        state.withLock { $0.path = connection.path }
        return connection
    }
}
