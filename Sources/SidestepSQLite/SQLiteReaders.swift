import SidestepHost
import SidestepModel
import SidestepStore

/// Connections that only read, each on a thread of its own: a snapshot per request,
/// so that the log is never held for long.
public final class SQLiteReaders: StoreReaders, @unchecked Sendable {
    private let monitor = Monitor()
    private var queue: [@Sendable (any StoreReader) -> Void] = []
    private var isClosing = false
    private var threads: [WorkerThread] = []

    init(
        path: String, _ library: StatementLibrary, count: Int,
        onFault: @escaping @Sendable (StoreFault) -> Void
    ) throws(Failure) {
        for number in 1...count {
            let connection = try Connection(path: path, readOnly: true, onFault: onFault)
            let session = SessionBox(try SQLiteSession(connection, library))
            threads.append(try WorkerThread("reader-\(number)") { [weak self] in self?.work(session) })
        }
    }

    public func read(_ work: @escaping @Sendable (any StoreReader) -> Void) {
        monitor.locked {
            queue.append(work)
            monitor.signal()
        }
    }

    /// Finishes what is queued and closes the connections.
    public func close() {
        monitor.locked {
            isClosing = true
            monitor.broadcast()
        }
        for thread in threads { thread.join() }
        threads = []
    }

    private func work(_ box: SessionBox) {
        while let next = next() {
            // One transaction around the whole request: all its statements see one snapshot.
            try? box.session.connection.execute("BEGIN")
            next(box.session)
            try? box.session.connection.execute("COMMIT")
        }
    }

    private func next() -> (@Sendable (any StoreReader) -> Void)? {
        monitor.locked {
            while queue.isEmpty {
                if isClosing { return nil }
                monitor.wait()
            }
            return queue.removeFirst()
        }
    }

    /// Hands a session to the one thread that uses it from then on.
    private final class SessionBox: @unchecked Sendable {
        let session: SQLiteSession
        init(_ session: SQLiteSession) { self.session = session }
    }
}
