import Glibc
import Logging
import SidestepHost
import SidestepModel
import SidestepStore
import Synchronization

/// The way out when nothing more may be written: callers have been told, and what can be saved is.
///
/// The service manager, or the next client, starts the daemon again.
final class Leaving: Sendable {
    private let log: Logger
    private let database = Mutex<(any StoreDatabase)?>(nil)

    init(_ log: Logger) { self.log = log }

    /// What is to be saved.
    func watch(_ database: any StoreDatabase) { self.database.withLock { $0 = database } }

    /// Ends the process soon, on a thread of its own: replies are on their way.
    func begin(_ end: StoreEnd) {
        say(end)
        let work: @Sendable () -> Void = { [self] in
            if case .displaced = end { rescue() }
            usleep(Self.replyMicroseconds)
            _exit(74)
        }
        do { _ = try WorkerThread("leaving", work) } catch { work() }
    }

    /// How long replies get to leave.
    private static let replyMicroseconds: UInt32 = 200_000

    private func say(_ end: StoreEnd) {
        switch end {
        case .failedSync(let failure):
            log.critical(
                "a sync failed; leaving, to recover by opening the database again: \(failure.message)")
        case .displaced:
            log.critical(
                """
                the files of the database were removed or replaced; leaving, for the next daemon would not find \
                what is written now
                """)
        }
    }

    private func rescue() {
        guard let database = database.withLock({ $0 }) else { return }
        do throws(Failure) {
            let copy = try database.rescue()
            log.critical(
                "what was acknowledged was written into a file of its own: sidestepd restore puts it back",
                metadata: ["copy": "\(copy)", "database": "\(database.place)"])
        } catch {
            log.critical("what was acknowledged could not be rescued: \(error.message)")
        }
    }
}
