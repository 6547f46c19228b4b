import Glibc
import Logging
import NIOCore
import SidestepPlaces

/// Looks after the file of a socket of our own: bound again where it is gone, left alone where another took its
/// place.
///
/// A login that ends takes the run-time directory with it, a cleaner what lies in /tmp. Unchecked: all state is
/// touched on the loop.
final class SocketKeeper: @unchecked Sendable {
    static let interval = TimeAmount.seconds(2)

    private var socket: ListeningSocket
    private let isSystem: Bool
    private let log: Logger
    private let bound: (ListeningSocket) throws -> Void
    /// What was said already, so that it is said once.
    private var isTroubled = false
    /// Whether the daemon ends, and the file is to be gone.
    private var isOver = false

    /// - Parameter bound: told on the loop when the socket is another file; throws when nobody can accept there.
    init(
        _ socket: ListeningSocket, isSystem: Bool, log: Logger,
        bound: @escaping (ListeningSocket) throws -> Void
    ) {
        self.socket = socket
        self.isSystem = isSystem
        self.log = log
        self.bound = bound
    }

    func look() {
        if isOver { return }
        let file = SocketFile.at(socket.path)
        if file == socket.file { return isTroubled = false }
        guard file == nil else { return say("another file has taken the place of the socket") }
        for path in places {
            guard let again = try? ListeningSocket.bind(path, isSystem: isSystem) else { continue }
            do { try bound(again) } catch {
                close(again.descriptor)
                unlink(path)
                continue
            }
            socket = again
            isTroubled = false
            return log.warning("the socket was gone and is bound again", metadata: ["socket": "\(path)"])
        }
        say("the socket is gone and cannot be bound again")
    }

    /// Removes the file, unless it is another one by now.
    func remove() {
        isOver = true
        if SocketFile.at(socket.path) == socket.file { unlink(socket.path) }
    }

    /// Where it was; for a user whose run-time directory is gone, where a user without one has it. What is above its
    /// directory is not ours to make.
    private var places: [String] {
        let usual = isSystem ? [] : [Places(DaemonMain.processEnvironment()).standardSocket]
        return ([socket.path] + usual).filter { FileFacts.at($0.directory.directory) != nil }
    }

    private func say(_ trouble: String) {
        if isTroubled { return }
        isTroubled = true
        log.error("\(trouble)", metadata: ["socket": "\(socket.path)"])
    }
}
