import SidestepHost
import SidestepModel
import SidestepStore

/// Connections that only read, each on a thread of its own: a snapshot per request,
/// so that the log is never held for long.
///
/// Unchecked: what changes is behind the monitor.
public final class SQLiteReaders: StoreReaders, @unchecked Sendable {
    /// They give way to the loop and the writer, whom everybody waits for: a page of a long list is ten milliseconds of
    /// work, a step a fifth of one.
    private static let nice: Int32 = 5

    private let monitor = Monitor()
    private let gate: ReadGate
    private var queue = FairQueue<Reading>()
    /// How many threads each user has at work.
    private var busy: [UserKey: Int] = [:]
    private var hasSeveralUsers = false
    private var isClosing = false
    private var threads: [WorkerThread] = []

    init(
        path: String, _ library: StatementLibrary, count: Int, gate: ReadGate,
        onFault: @escaping @Sendable (StoreFault) -> Void
    ) throws(Failure) {
        self.gate = gate
        for number in 1...count {
            let connection = try Connection(path: path, readOnly: true, onFault: onFault)
            // The thread alone uses it from now on.
            nonisolated(unsafe) let session = try SQLiteSession(connection, library)
            threads.append(
                try WorkerThread("reader-\(number)", nice: Self.nice) { [weak self] in self?.work(session) })
        }
    }

    private struct Reading {
        let user: UserKey
        let work: @Sendable (Result<any StoreReader, Failure>) -> Void
    }

    /// Has a thread of the readers do `work` when it is its user's turn.
    public func read(
        for user: UserKey, _ work: @escaping @Sendable (Result<any StoreReader, Failure>) -> Void
    ) {
        monitor.locked {
            queue.append(Reading(user: user, work: work), of: user)
            monitor.signal()
        }
    }

    /// Says whether a thread is to be left to the other users.
    public func serve(severalUsers: Bool) { monitor.locked { hasSeveralUsers = severalUsers } }

    /// Finishes what is queued and closes the connections.
    public func close() {
        monitor.locked {
            isClosing = true
            monitor.broadcast()
        }
        for thread in threads { thread.join() }
        threads = []
    }

    private func work(_ session: SQLiteSession) {
        while let next = next() {
            gate.enter()
            perform(next, session)
            gate.leave()
            finish(next)
        }
    }

    /// One transaction around the whole request: all its statements see one snapshot.
    ///
    /// One that could not be ended makes the next one fail: what it would see is old, and may be of another user.
    private func perform(_ reading: Reading, _ session: SQLiteSession) {
        do throws(Failure) {
            try session.connection.execute("BEGIN")
        } catch {
            session.connection.endReading()
            return reading.work(.failure(error))
        }
        reading.work(.success(session))
        session.connection.endReading()
    }

    private func next() -> Reading? {
        monitor.locked {
            while true {
                // One thread is left to the others, however long a user's reads take.
                let limit = hasSeveralUsers && !isClosing ? max(1, threads.count - 1) : .max
                if let next = queue.popFirst(where: { busy[$0, default: 0] < limit }) {
                    busy[next.user, default: 0] += 1
                    return next
                }
                if isClosing, queue.isEmpty { return nil }
                monitor.wait()
            }
        }
    }

    private func finish(_ reading: Reading) {
        monitor.locked {
            let left = busy[reading.user, default: 1] - 1
            busy[reading.user] = left == 0 ? nil : left
            if !queue.isEmpty { monitor.signal() }
        }
    }
}
