import SidestepHost
import SidestepModel
import SidestepStore

/// The one connection that writes: group commit with a savepoint for each job.
///
/// Everything that waits is performed in one transaction and committed once; then all of it is settled.
/// A job that comes alone while the writer is idle is performed on the caller's thread, which saves two
/// thread switches, the larger part of a durable step with one client.
public final class SQLiteWriter: StoreWriter, @unchecked Sendable {
    /// Told after each batch, on the thread that committed: the jobs in order,
    /// and why none of them stands, if so.
    public typealias Settled = @Sendable ([any WriteJob], Failure?) -> Void

    /// Jobs in one commit at most: past it the replies of the first would wait for too many others.
    public static let batchLimit = 512
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
    /// Threads that wait to have the connection for themselves.
    private var waitingForQuiet = 0
    private var thread: WorkerThread?

    /// - Parameters:
    ///   - inlineLimit: how many jobs the caller's thread performs itself;
    ///     more of them are worth a thread switch.
    ///   - onFatal: told when a sync failed and nobody can know what is on disk; the daemon then ends itself,
    ///     and opening the database again recovers what was acknowledged.
    init(
        _ connection: Connection, _ library: StatementLibrary, inlineLimit: Int, onSettled: @escaping Settled,
        onFatal: @escaping @Sendable (Failure) -> Void
    ) throws(Failure) {
        session = try SQLiteSession(connection, library)
        batch = try BatchStatements(connection)
        self.inlineLimit = inlineLimit
        self.onSettled = onSettled
        self.onFatal = onFatal
        thread = try WorkerThread("writer") { [weak self] in self?.work() }
    }

    public func submit(_ jobs: [any WriteJob]) {
        var batch: [any WriteJob]? = monitor.locked {
            queue += jobs
            return takeInline()
        }
        while let inline = batch {
            perform(inline)
            batch = monitor.locked {
                finishBatch()
                // What the replies set off, a waiter that wakes for example, is done here as well.
                return takeInline()
            }
        }
    }

    /// The queue, if it is short enough for the caller's thread and nobody performs;
    /// called with the lock held. The thread is woken only for work that is left to it:
    /// waking it for nothing costs as much as the work.
    private func takeInline() -> [any WriteJob]? {
        if !queue.isEmpty, queue.count <= inlineLimit, !isPerforming, !isClosing, waitingForQuiet == 0 {
            return takeBatch()
        }
        if !queue.isEmpty || isClosing { monitor.broadcast() }
        return nil
    }

    /// Performs what is queued, then ends the thread and closes the connection; closing again does nothing.
    public func close() {
        monitor.locked {
            isClosing = true
            monitor.broadcast()
        }
        // A thread can be joined once (pthread_join(3)).
        thread?.join()
        thread = nil
        try? session?.releaseSequences()
        session?.connection.checkpointLog()
        try? session?.connection.shortenLog()
        session = nil
    }

    /// Hands the connection to `body` between two batches; jobs wait meanwhile. Not for the loop's thread.
    func exclusively(_ body: (Connection) throws(Failure) -> Void) throws(Failure) {
        monitor.locked {
            waitingForQuiet += 1
            while isPerforming { monitor.wait() }
            waitingForQuiet -= 1
            isPerforming = true
        }
        defer {
            monitor.locked {
                isPerforming = false
                monitor.broadcast()
            }
        }
        guard let session else { throw Failure(.shuttingDown, "the daemon is shutting down") }
        try body(session.connection)
    }

    /// Lets the next one have the connection; called with the lock held.
    private func finishBatch() {
        isPerforming = false
        if waitingForQuiet > 0 { monitor.broadcast() }
    }

    private func work() {
        while let jobs = nextBatch() {
            perform(jobs)
            monitor.locked { finishBatch() }
        }
    }

    private func nextBatch() -> [any WriteJob]? {
        monitor.locked {
            while true {
                if !isPerforming, !queue.isEmpty { return takeBatch() }
                if !isPerforming, isClosing { return nil }
                monitor.wait()
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

    private func perform(_ jobs: [any WriteJob]) {
        guard let session else {
            return onSettled(jobs, Failure(.shuttingDown, "the daemon is shutting down"))
        }
        do {
            try batch.begin.run()
            try jobs.count == 1 ? performAlone(jobs[0], session) : performTogether(jobs, session)
            session.sequences?.committed()
            onSettled(jobs, nil)
        } catch {
            let isEnd = session.connection.worst?.scope == .store
            if session.connection.isInTransaction { _ = try? batch.rollback.run() }
            session.sequences?.rolledBack()
            onSettled(jobs, error)
            if isEnd { onFatal(error) }
        }
        if session.connection.logFrames >= Self.checkpointFrames { session.connection.checkpointLog() }
    }

    /// One job is its own savepoint: the transaction.
    private func performAlone(_ job: any WriteJob, _ session: SQLiteSession) throws(Failure) {
        guard try isDone(job, session) else {
            try batch.rollback.run()
            session.sequences?.rolledBack()
            return
        }
        try batch.commit.run()
    }

    private func performTogether(_ jobs: [any WriteJob], _ session: SQLiteSession) throws(Failure) {
        for job in jobs {
            try batch.savepoint.run()
            if try !isDone(job, session) {
                try batch.rollbackJob.run()
                session.sequences?.rolledBack()
            }
            try batch.release.run()
        }
        try batch.commit.run()
    }

    /// Performs a job; false when it failed and the failure is its own.
    ///
    /// - Throws: what ends the batch, also when the job has caught it: a full disk or a failed write may have ended the
    ///   transaction, and nothing of the batch stands then.
    private func isDone(_ job: any WriteJob, _ session: SQLiteSession) throws(Failure) -> Bool {
        session.connection.forgetWorst()
        var failure: Failure?
        do { try job.perform(session) } catch { failure = error }
        let connection = session.connection
        guard connection.isInTransaction, connection.worst.map({ $0.scope == .job }) ?? true else {
            throw failure ?? connection.worst.map(Failure.init)
                ?? Failure(.storageError, "the batch was lost")
        }
        return failure == nil
    }
}

/// The statements around a batch and around each of its jobs.
struct BatchStatements {
    let begin, commit, rollback, savepoint, release, rollbackJob: Statement

    init(_ connection: Connection) throws(Failure) {
        func statement(_ name: String, _ sql: String) throws(Failure) -> Statement {
            let statement = Statement(connection, name: name, sql: sql)
            // A full disk must not be the first time that ROLLBACK is prepared.
            try statement.prepareNow()
            return statement
        }
        begin = try statement("begin", "BEGIN IMMEDIATE")
        commit = try statement("commit", "COMMIT")
        rollback = try statement("rollback", "ROLLBACK")
        savepoint = try statement("savepoint", "SAVEPOINT job")
        release = try statement("release", "RELEASE job")
        rollbackJob = try statement("rollback_job", "ROLLBACK TO job")
    }
}
