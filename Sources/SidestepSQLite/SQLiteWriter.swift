import SidestepModel
import SidestepStore

/// The one connection that writes: group commit with a savepoint for each job.
///
/// Everything that waits is performed in one transaction and committed once; then all of it is settled. A job that comes
/// alone while the writer is idle is performed on the caller's thread, which saves two thread switches, the larger part of a
/// durable step with one client. Jobs that may be lost in a power cut wait for the next commit, at most `lazyMilliseconds`.
public final class SQLiteWriter: StoreWriter, @unchecked Sendable {
    /// Told after each batch, on the thread that committed: the jobs in order, and why none of them stands, if so.
    public typealias Settled = @Sendable ([any WriteJob], Failure?) -> Void

    /// Jobs in one commit at most: past it the replies of the first would wait for too many others.
    public static let batchLimit = 512
    /// How long a lazy job waits for company.
    static let lazyMilliseconds = 25
    /// Frames of the log after which it is copied into the database: the size of the pre-grown log, 4 MiB.
    static let checkpointFrames = 1000

    private let monitor = Monitor()
    private let inlineLimit: Int
    private let onSettled: Settled
    private let onFatal: @Sendable (Failure) -> Void
    private var session: SQLiteSession?
    private let batch: BatchStatements
    private var queue: [any WriteJob] = []
    private var isPerforming = false
    private var isClosing = false
    private var thread: WorkerThread?

    /// - Parameters:
    ///   - inlineLimit: how many jobs the caller's thread performs itself; more of them are worth a thread switch.
    ///   - onFatal: told when a sync failed and nobody can know what is on disk; the daemon then ends itself, and opening
    ///     the database again recovers what was acknowledged.
    init(
        _ connection: Connection, _ library: StatementLibrary, inlineLimit: Int, onSettled: @escaping Settled,
        onFatal: @escaping @Sendable (Failure) -> Void
    ) throws(Failure) {
        session = try SQLiteSession(connection, library)
        batch = try BatchStatements(connection)
        self.inlineLimit = inlineLimit
        self.onSettled = onSettled
        self.onFatal = onFatal
        thread = WorkerThread("writer") { [weak self] in self?.work() }
    }

    public func submit(_ jobs: [any WriteJob]) {
        var batch: [any WriteJob]? = monitor.locked {
            queue += jobs
            return takeInline()
        }
        while let inline = batch {
            perform(inline)
            batch = monitor.locked {
                isPerforming = false
                // What the replies set off, a waiter that wakes for example, is done here as well.
                let next = takeInline()
                monitor.broadcast()
                return next
            }
        }
    }

    /// The queue, if it is short enough for the caller's thread and nobody else performs; called with the lock held.
    private func takeInline() -> [any WriteJob]? {
        let eager = queue.count(where: { !$0.isLazy })
        if eager > 0, eager <= inlineLimit, !isPerforming, !isClosing { return takeBatch() }
        monitor.signal()
        return nil
    }

    /// Performs what is queued, then ends the thread and closes the connection.
    public func close() {
        monitor.locked {
            isClosing = true
            monitor.broadcast()
        }
        thread?.join()
        monitor.locked { while isPerforming { monitor.wait() } }
        session?.connection.checkpointLog()
        session = nil
    }

    /// Does maintenance on the writer's connection between two batches; waits for its turn.
    func exclusively<T>(_ body: (Connection) throws(Failure) -> T) throws(Failure) -> T {
        monitor.locked {
            while isPerforming { monitor.wait() }
            isPerforming = true
        }
        defer { finishBatch() }
        guard let session else { throw Failure(.shuttingDown, "the daemon is shutting down") }
        return try body(session.connection)
    }

    private func work() {
        while let jobs = nextBatch() {
            perform(jobs)
            finishBatch()
        }
    }

    private func nextBatch() -> [any WriteJob]? {
        monitor.locked {
            var hasWaited = false
            while true {
                if isPerforming {
                    monitor.wait()
                } else if queue.contains(where: { !$0.isLazy }) || !queue.isEmpty && (hasWaited || isClosing) {
                    return takeBatch()
                } else if isClosing {
                    return nil
                } else if queue.isEmpty {
                    hasWaited = false
                    monitor.wait()
                } else {
                    monitor.wait(milliseconds: Self.lazyMilliseconds)
                    hasWaited = true
                }
            }
        }
    }

    private func takeBatch() -> [any WriteJob] {
        isPerforming = true
        if queue.count <= Self.batchLimit {
            defer { queue = [] }
            return queue
        }
        defer { queue.removeFirst(Self.batchLimit) }
        return Array(queue.prefix(Self.batchLimit))
    }

    private func finishBatch() {
        monitor.locked {
            isPerforming = false
            monitor.broadcast()
        }
    }

    private func perform(_ jobs: [any WriteJob]) {
        guard let session else { return onSettled(jobs, Failure(.shuttingDown, "the daemon is shutting down")) }
        do {
            try performAndCommit(jobs, session)
            onSettled(jobs, nil)
        } catch {
            if session.connection.isInTransaction { try? session.connection.execute("ROLLBACK") }
            onSettled(jobs, error)
            if session.connection.hasFailedSync { onFatal(error) }
        }
        if session.connection.logFrames >= Self.checkpointFrames { session.connection.checkpointLog() }
    }

    private func performAndCommit(_ jobs: [any WriteJob], _ session: SQLiteSession) throws(Failure) {
        try batch.begin.run()
        for job in jobs {
            try batch.savepoint.run()
            do {
                try job.perform(session)
            } catch {
                // A full disk or a failed write may have ended the transaction; then nothing of the batch stands.
                guard session.connection.isInTransaction, error.kind != .storageError, error.kind != .storageFull
                else { throw error }
                try batch.rollback.run()
            }
            try batch.release.run()
        }
        try batch.commit.run()
    }
}

/// The statements around a batch and around each of its jobs.
struct BatchStatements {
    let begin, commit, savepoint, release, rollback: Statement

    init(_ connection: Connection) throws(Failure) {
        func statement(_ sql: String) throws(Failure) -> Statement {
            try Statement(connection, name: sql, sql: sql)
        }
        begin = try statement("BEGIN IMMEDIATE")
        commit = try statement("COMMIT")
        savepoint = try statement("SAVEPOINT job")
        release = try statement("RELEASE job")
        rollback = try statement("ROLLBACK TO job")
    }
}
