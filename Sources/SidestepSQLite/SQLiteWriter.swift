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
    /// Jobs of one user in one commit, where there are several: about half a millisecond of work, so that who comes
    /// behind a flood waits for twice that.
    static let batchLimitPerUser = 24
    /// Bytes in one commit, about; a job that has more has one of its own.
    static let batchBytes = 1 << 20
    /// A job of more bytes is never performed on the caller's thread, and in a commit of its own.
    static let largeBytes = 128 << 10
    /// Frames of the log after which it is copied into the database: the size of the pre-grown log, 4 MiB.
    static let checkpointFrames = 1000

    private let monitor = Monitor()
    private let inlineLimit: Int
    private let onSettled: Settled
    private let onFatal: @Sendable (StoreEnd) -> Void
    private let isInPlace: @Sendable () -> Bool
    private let news: @Sendable (StoreNews) -> Void
    private let log: LogKeeper
    private let space: SpaceGate
    private var session: SQLiteSession?
    /// Whether the last commit failed, and that was told.
    private var isTroubled = false
    /// Why nothing more is written.
    private var end: StoreEnd?
    private let batch: BatchStatements
    private var queue = FairQueue<any WriteJob>()
    /// A large job whose turn it is.
    private var large: (any WriteJob)?
    private var hasSeveralUsers = false
    private var isPerforming = false
    /// Whether the log is to be copied into the database, and whether a batch went before since it is.
    private var isLogLong = false
    private var hasYielded = false
    /// Whether it is to be made short, too.
    private var isUntidy = false
    private var isClosing = false
    /// Threads that wait to have the connection for themselves.
    private var waitingForQuiet = 0
    private var thread: WorkerThread?

    /// - Parameters:
    ///   - inlineLimit: how many jobs the caller's thread performs itself;
    ///     more of them are worth a thread switch.
    ///   - database: the path of the file.
    ///   - isInPlace: whether what was just committed is where the next daemon will look for it.
    ///   - news: told what fails, and when it does not any more.
    ///   - onFatal: told when nothing more may be written; the daemon then ends itself.
    init(
        _ connection: Connection, _ library: StatementLibrary, database: String, inlineLimit: Int,
        isInPlace: @escaping @Sendable () -> Bool, onSettled: @escaping Settled,
        onFatal: @escaping @Sendable (StoreEnd) -> Void, news: @escaping @Sendable (StoreNews) -> Void
    ) throws(Failure) {
        session = try SQLiteSession(connection, library)
        batch = try BatchStatements(connection)
        self.inlineLimit = inlineLimit
        self.onSettled = onSettled
        self.onFatal = onFatal
        self.isInPlace = isInPlace
        self.news = news
        log = LogKeeper(database: database, news: news)
        space = SpaceGate(database: database, news: news)
        thread = try WorkerThread("writer") { [weak self] in self?.work() }
    }

    public func submit(_ jobs: [any WriteJob]) {
        var batch: [any WriteJob]? = monitor.locked {
            for job in jobs { queue.append(job, of: job.user) }
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
        let isFree = !isPerforming && !isClosing && waitingForQuiet == 0 && !isLogLong && large == nil
        if isFree, !queue.isEmpty, queue.count <= inlineLimit {
            let batch = takeBatch()
            if isAlwaysInline || batch.allSatisfy({ $0.weight <= Self.largeBytes }) { return batch }
            // Alone, as it was the first: its place is kept for the thread.
            (large, isPerforming) = (batch[0], false)
        }
        if hasWork || isClosing { monitor.broadcast() }
        return nil
    }

    /// Whether the caller's thread does everything, as tests want it.
    private var isAlwaysInline: Bool { inlineLimit == .max }

    private var hasWork: Bool { !queue.isEmpty || large != nil || isLogLong }

    public func serve(severalUsers: Bool) { monitor.locked { hasSeveralUsers = severalUsers } }

    /// Performs what is queued, then ends the thread and closes the connection; closing again does nothing.
    ///
    /// - Returns: whether the database has all of the log.
    @discardableResult
    public func close() -> Bool {
        monitor.locked {
            isClosing = true
            monitor.broadcast()
        }
        // A thread can be joined once (pthread_join(3)).
        thread?.join()
        thread = nil
        guard let session else { return false }
        try? session.releaseSequences()
        let isCopied = end == nil && (try? log.copy(session.connection)) ?? false
        try? session.connection.limitLog(nil)
        batch.finalize()
        self.session = nil
        return isCopied
    }

    /// Hands the connection to `body` between two batches; jobs wait meanwhile. Not for the loop's thread.
    /// What it left in the log is copied then.
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
        tidy()
    }

    /// Lets the next one have the connection; called with the lock held.
    private func finishBatch() {
        isPerforming = false
        if waitingForQuiet > 0 { monitor.broadcast() }
    }

    private func work() {
        while let jobs = nextBatch() {
            if jobs.isEmpty { keepLog() } else { perform(jobs) }
            monitor.locked { finishBatch() }
        }
    }

    /// The jobs of the next commit; none when the log has its turn, nil at the end.
    private func nextBatch() -> [any WriteJob]? {
        monitor.locked {
            while true {
                // What waited for the batch that made it long does not wait for the copying as well.
                if !isPerforming, isLogLong, hasYielded || queue.isEmpty && large == nil {
                    (isLogLong, hasYielded, isPerforming) = (false, false, true)
                    return []
                }
                if isLogLong, !isPerforming { hasYielded = true }
                if !isPerforming, hasWork { return takeBatch() }
                if !isPerforming, isClosing { return nil }
                monitor.wait()
            }
        }
    }

    /// Takes jobs of all users in turn, so many and so large that nobody's wait is long; at least one.
    private func takeBatch() -> [any WriteJob] {
        isPerforming = true
        if let job = large.take() { return [job] }
        if queue.count == 1, let only = queue.popFirst() { return [only] }
        let limit = hasSeveralUsers ? Self.batchLimitPerUser : Self.batchLimit
        var batch: [any WriteJob] = []
        var counts: [UserKey: Int] = [:]
        var bytes = 0
        while batch.count < Self.batchLimit, bytes < Self.batchBytes,
            let job = queue.popFirst(where: { counts[$0, default: 0] < limit })
        {
            if job.weight > Self.largeBytes, !batch.isEmpty {
                large = job
                break
            }
            batch.append(job)
            counts[job.user, default: 0] += 1
            bytes += job.weight
        }
        return batch
    }

    private func perform(_ jobs: [any WriteJob]) {
        guard let session else {
            return onSettled(jobs, Failure(.shuttingDown, "the daemon is shutting down"))
        }
        if let end { return onSettled(jobs, end.failure) }
        space.look()
        performAdmitted(jobs, session)
    }

    /// Performs what there is space for.
    private func performAdmitted(_ jobs: [any WriteJob], _ session: SQLiteSession) {
        guard space.isScarce else { return perform(jobs, session) }
        let (admitted, refused) = space.sort(jobs, session.connection)
        if !refused.isEmpty { onSettled(refused, .diskIsFull) }
        if !admitted.isEmpty { perform(admitted, session) }
    }

    private func perform(_ jobs: [any WriteJob], _ session: SQLiteSession) {
        if let failure = commit(jobs, session) { return failed(failure, jobs, session) }
        // What frees something may have succeeded, and others be refused still.
        if isTroubled, !space.isScarce {
            isTroubled = false
            news(.recovered(.writing))
        }
        // After the commit, so that it is what is acknowledged that was found in place.
        guard isInPlace() else {
            onSettled(jobs, StoreEnd.displaced.failure)
            return finish(.displaced)
        }
        onSettled(jobs, nil)
        guard session.connection.logFrames >= Self.checkpointFrames else { return }
        // By the writer's own thread: the caller's would be kept for as long as copying takes.
        if isAlwaysInline { keepLog() } else { monitor.locked { isLogLong = true } }
    }

    /// - Returns: why nothing of the jobs stands, if so.
    private func commit(_ jobs: [any WriteJob], _ session: SQLiteSession) -> Failure? {
        session.connection.forgetWorst()
        do {
            try batch.begin.run()
            try jobs.count == 1 ? performAlone(jobs[0], session) : performTogether(jobs, session)
            session.sequences?.committed()
            return nil
        } catch {
            if session.connection.isInTransaction { _ = try? batch.rollback.run() }
            session.sequences?.rolledBack()
            return error
        }
    }

    private func failed(_ failure: Failure, _ jobs: [any WriteJob], _ session: SQLiteSession) {
        let fault = session.connection.worst
        isTroubled = true
        news(.failed(fault?.state ?? .failing, fault?.sentence ?? failure.message, .writing))
        if fault?.scope == .store {
            onSettled(jobs, failure)
            return finish(.failedSync(failure))
        }
        guard fault?.state == .full, space.ranOut() else { return onSettled(jobs, failure) }
        // There is room for those that make more of it, once what the log holds is where it belongs. The reserve is
        // given up one time, so this does not come again.
        keepLog()
        performAdmitted(jobs, session)
    }

    /// Makes the log short again when nobody writes: a reader that kept it has left, or a copy failed.
    func tidy() {
        monitor.locked {
            (isLogLong, isUntidy) = (true, true)
            monitor.broadcast()
        }
    }

    /// Whether there is anything to tidy; any thread may ask.
    var wantsTidying: Bool { log.wantsTidying || !isInPlace() }

    /// Copies the log into the database, and more if that was asked for; by whoever has the connection.
    private func keepLog() {
        guard let session, end == nil else { return }
        let isUntidy = monitor.locked {
            defer { self.isUntidy = false }
            return self.isUntidy
        }
        do {
            if isUntidy {
                guard isInPlace() else { return finish(.displaced) }
                space.look()
                try log.tidy(session.connection)
            } else {
                try log.copy(session.connection)
            }
        } catch {
            finish(.failedSync(error))
        }
    }

    private func finish(_ end: StoreEnd) {
        self.end = end
        onFatal(end)
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

    func finalize() {
        for statement in [begin, commit, rollback, savepoint, release, rollbackJob] { statement.release() }
    }
}
