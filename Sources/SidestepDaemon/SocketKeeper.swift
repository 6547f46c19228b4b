import Glibc
import Logging
import NIOCore
import SidestepPlaces
import Synchronization

/// Looks after the file of a socket of our own: bound again where it is gone, left alone where another took its
/// place.
///
/// A login that ends takes the run-time directory with it, a cleaner what lies in /tmp.
final class SocketKeeper: Sendable {
    static let interval = TimeAmount.seconds(2)

    private struct State {
        var socket: ListeningSocket
        /// What was said already, so that it is said once.
        var isTroubled = false
        /// Whether the daemon ends, and the file is to be gone.
        var isOver = false
    }

    private let state: Mutex<State>
    private let isSystem: Bool
    private let log: Logger
    private let bound: @Sendable (ListeningSocket) throws -> Void

    /// - Parameter bound: told on the loop when the socket is another file; throws when nobody can accept there.
    init(
        _ socket: ListeningSocket, isSystem: Bool, log: Logger,
        bound: @escaping @Sendable (ListeningSocket) throws -> Void
    ) {
        state = Mutex(State(socket: socket))
        self.isSystem = isSystem
        self.log = log
        self.bound = bound
    }

    func look() { state.withLock { look(&$0) } }

    private func look(_ state: inout State) {
        if state.isOver { return }
        let file = SocketFile.at(state.socket.path)
        if file == state.socket.file {
            state.isTroubled = false
            return
        }
        guard file == nil else { return say("another file has taken the place of the socket", &state) }
        for path in places(state.socket.path) {
            guard let again = try? ListeningSocket.bind(path, isSystem: isSystem) else { continue }
            do { try bound(again) } catch {
                close(again.descriptor)
                unlink(path)
                continue
            }
            state.socket = again
            state.isTroubled = false
            return log.warning("the socket was gone and is bound again", metadata: ["socket": "\(path)"])
        }
        say("the socket is gone and cannot be bound again", &state)
    }

    /// Removes the file, unless it is another one by now.
    func remove() {
        state.withLock { state in
            state.isOver = true
            if SocketFile.at(state.socket.path) == state.socket.file { unlink(state.socket.path) }
        }
    }

    /// Where it was; for a user whose run-time directory is gone, where a user without one has it. What is above its
    /// directory is not ours to make.
    private func places(_ path: String) -> [String] {
        let usual = isSystem ? [] : [Places(DaemonMain.processEnvironment()).standardSocket]
        return ([path] + usual).filter { FileFacts.at($0.directory.directory) != nil }
    }

    private func say(_ trouble: String, _ state: inout State) {
        if state.isTroubled { return }
        state.isTroubled = true
        log.error("\(trouble)", metadata: ["socket": "\(state.socket.path)"])
    }
}
