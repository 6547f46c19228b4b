import Glibc
import Sidestep
import SidestepProtocol

/// Calls that record what has happened, and must not be lost with a connection or a full disk: every one of them may be
/// made again.
///
/// Hours may have passed since the last call, and a daemon.
final class PatientCalls {
    private let socket: String
    private let patience: Duration
    private var connection: BlockingConnection?

    /// - Parameter connection: the one that is there already.
    init(socket: String, patience: Duration, connection: BlockingConnection? = nil) {
        (self.socket, self.patience, self.connection) = (socket, patience, connection)
    }

    @discardableResult
    func call(_ method: String, _ write: (inout JSONWriter) -> Void) throws -> RawJSON {
        let end = ContinuousClock.now + patience
        var trouble = WriteTrouble(patience: patience)
        while true {
            do {
                let open = try connection ?? BlockingConnection(socket: socket)
                connection = open
                let answer = try open.call(method, write)
                trouble.isOver()
                return answer
            } catch let error as SidestepError {
                if [.connectionLost, .daemonNotFound].contains(error.kind) {
                    connection = nil
                    guard ContinuousClock.now < end else { throw error }
                    usleep(Self.pauseMicroseconds)
                } else if let pause = trouble.pause(after: error) {
                    usleep(UInt32(clamping: pause.milliseconds * 1000))
                } else {
                    throw error
                }
            }
        }
    }

    /// Between two attempts to reach a daemon that is being restarted.
    private static let pauseMicroseconds: UInt32 = 200_000
}
