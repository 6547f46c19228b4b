import SidestepHost
import SidestepModel
import SidestepStore

/// The one connection that writes: group commit with a savepoint for each job.
///
/// Everything that waits is performed in one transaction and committed once; then all of it is settled.
/// A job that comes alone while the writer is idle is performed on the caller's thread, which saves two
/// thread switches, the larger part of a durable step with one client, while such jobs are short and the disk is fast.
///
/// Unchecked: what changes is behind the monitor, or belongs to whoever performs, one thread at a time.
public final class SQLiteWriter: StoreWriter, @unchecked Sendable {
    /// Told after each batch, on the thread that committed: the jobs in order,
    /// and why none of them stands, if so.
    public typealias Settled = @Sendable ([any WriteJob], Failure?) -> Void

    private let monitor = Monitor()
    private let inlineLimit: Int
    private let onSettled: Settled
    private let onFatal: @Sendable (StoreEnd) -> Void
    private let isInPlace: @Sendable () -> Bool
    private let nanoseconds: @Sendable () -> Int64
    private let clock: any Clock
    private let news: @Sendable (StoreNews) -> Void
    private let log: LogKeeper
    private let gate: ReadGate
    private let space: SpaceGate
    private var session: SQLiteSession?
    /// Whether the last commit failed, and that was told.
    private var isTroubled = false
    /// Why nothing more is written.
    private var end: StoreEnd?
    private let statements: BatchStatements
    private var time = StoreTime()
    private var queue = JobQueue()
    private var pace = LonePace()
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
    ///   - clock: the time that a transaction has is read from it.
    ///   - nanoseconds: how long something took is the difference of two of them.
    ///   - isInPlace: whether what was just committed is where the next daemon will look for it.
    ///   - listener: whom it tells; when nothing more may be written, the daemon ends itself.
    init(
        _ connection: Connection, _ library: StatementLibrary, database: String, gate: ReadGate,
        inlineLimit: Int, clock: any Clock,
        nanoseconds: @escaping @Sendable () -> Int64, isInPlace: @escaping @Sendable () -> Bool,
        listener: StoreListener
    ) throws(Failure) {
        let session = try SQLiteSession(connection, library)
        session.keepRuns()
        self.session = session
        statements = try BatchStatements(
            connection, nanoseconds: nanoseconds, committed: listener.committed)
        self.inlineLimit = inlineLimit
        (self.clock, self.nanoseconds) = (clock, nanoseconds)
        (onSettled, onFatal, news) = (listener.settled, listener.ended, listener.news)
        self.isInPlace = isInPlace
        log = LogKeeper(database: database, news: news)
        self.gate = gate
        space = SpaceGate(database: database, news: news)
        thread = try WorkerThread("writer") { [weak self] in self?.work() }
    }

    /// Performs jobs: a lone one at once and here, while such are short, all others on the writer's thread.
    public func submit(_ jobs: [any WriteJob]) {
        var next: Batch? = monitor.locked {
            if jobs.count == 1, isFree, queue.isEmpty, isShort(jobs) {
                isPerforming = true
                return queue.pass(jobs[0])
            }
            queue.append(jobs)
            return takeInline()
        }
        while var batch = next.take() {
            perform(&batch)
            next = monitor.locked {
                release(batch)
                // What the replies set off, a waiter that wakes for example, is done here as well.
                return takeInline()
            }
        }
    }

    /// The queue, if it is short enough for the caller's thread and nobody performs;
    /// called with the lock held. The thread is woken only for work that is left to it:
    /// waking it for nothing costs as much as the work.
    private func takeInline() -> Batch? {
        if isFree, queue.count > 0, queue.count <= inlineLimit {
            let batch = queue.takeBatch()
            isPerforming = isShort(batch.jobs)
            if isPerforming { return batch }
            // Alone, as it was the first: its place is kept for the thread.
            queue.keep(batch)
        }
        if hasWork || isClosing { monitor.broadcast() }
        return nil
    }

    private var isFree: Bool {
        !isPerforming && !isClosing && waitingForQuiet == 0 && !isLogLong && !queue.hasLarge
            && inlineLimit > 0 && (pace.isFast || isAlwaysInline)
    }

    /// Whether the caller's thread may perform them.
    private func isShort(_ jobs: [any WriteJob]) -> Bool {
        isAlwaysInline || jobs.allSatisfy { $0.weight <= JobQueue.largeBytes }
    }

    /// Whether the caller's thread does everything, as tests want it.
    private var isAlwaysInline: Bool { inlineLimit == .max }

    /// Whether nobody has the connection and nothing waits for it; any thread may ask.
    var isIdle: Bool { monitor.locked { !isPerforming && !hasWork } }

    private var hasWork: Bool { !queue.isEmpty || isLogLong }

    /// Says whether users have to share the commits.
    public func serve(severalUsers: Bool) { monitor.locked { queue.isShared = severalUsers } }

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
        statements.finalize()
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
    private func release(_ batch: Batch?) {
        if let batch { queue.finish(batch) }
        isPerforming = false
        if waitingForQuiet > 0 { monitor.broadcast() }
    }

    private func work() {
        while let turn = next() {
            var batch: Batch?
            switch turn {
            case .log: keepLog()
            case .jobs(var jobs):
                perform(&jobs)
                batch = jobs
            }
            monitor.locked { release(batch) }
        }
    }

    private enum Turn {
        case jobs(Batch)
        case log
    }

    /// What the thread does next; nil at the end.
    private func next() -> Turn? {
        monitor.locked {
            while true {
                // What waited for the batch that made it long does not wait for the copying as well.
                if !isPerforming, isLogLong, hasYielded || queue.isEmpty {
                    (isLogLong, hasYielded, isPerforming) = (false, false, true)
                    return .log
                }
                if isLogLong, !isPerforming { hasYielded = true }
                if !isPerforming, hasWork {
                    isPerforming = true
                    return .jobs(queue.takeBatch())
                }
                if !isPerforming, isClosing { return nil }
                monitor.wait()
            }
        }
    }

    private func perform(_ batch: inout Batch) {
        guard let session else {
            return onSettled(batch.jobs, Failure(.shuttingDown, "the daemon is shutting down"))
        }
        if let end { return onSettled(batch.jobs, end.failure) }
        space.look()
        performAdmitted(&batch, session)
    }

    /// Performs what there is space for.
    private func performAdmitted(_ batch: inout Batch, _ session: SQLiteSession) {
        if space.isScarce {
            let (admitted, refused) = space.sort(batch.jobs, session.connection)
            if !refused.isEmpty { onSettled(refused, .diskIsFull) }
            if admitted.isEmpty { return }
            batch.divide(performed: admitted, left: [])
        }
        if let failure = commit(&batch, session) { return failed(failure, &batch, session) }
        // What frees something may have succeeded, and others be refused still.
        if isTroubled, !space.isScarce {
            isTroubled = false
            news(.recovered(.writing))
        }
        // After the commit, so that it is what is acknowledged that was found in place.
        guard isInPlace() else {
            onSettled(batch.jobs, StoreEnd.displaced.failure)
            return finish(.displaced)
        }
        onSettled(batch.jobs, nil)
        let isToBeCut = session.isLogToBeCut
        if isToBeCut {
            session.isLogToBeCut = false
            log.cutNext()
            monitor.locked { isUntidy = true }
        }
        guard isToBeCut || log.pace.isDue(session.connection.logFrames) else { return }
        // By the writer's own thread: the caller's would be kept for as long as copying takes.
        if isAlwaysInline { keepLog() } else { keepLogWhenQuiet() }
    }

    /// Has the log copied as soon as nobody reads in it, or it was waited for long enough.
    private func keepLogWhenQuiet() {
        gate.close { [self] in
            monitor.locked {
                isLogLong = true
                monitor.broadcast()
            }
        }
    }

    /// - Returns: why nothing of the jobs stands, if so.
    private func commit(_ batch: inout Batch, _ session: SQLiteSession) -> Failure? {
        session.connection.forgetWorst()
        do {
            try statements.begin.run()
            session.begin(at: time.moment(clock.now()))
            try batch.jobs.count == 1 ? performAlone(&batch, session) : performTogether(&batch, session)
            session.committed()
            return nil
        } catch {
            if session.connection.isInTransaction { _ = try? statements.rollback.run() }
            session.rolledBack()
            return error
        }
    }

    private func failed(_ failure: Failure, _ batch: inout Batch, _ session: SQLiteSession) {
        let fault = session.connection.worst
        isTroubled = true
        news(.failed(fault?.state ?? .failing, fault?.sentence ?? failure.message, .writing))
        if fault?.scope == .store {
            onSettled(batch.jobs, failure)
            return finish(.failedSync(failure))
        }
        guard fault?.state == .full, space.ranOut() else { return onSettled(batch.jobs, failure) }
        // There is room for those that make more of it, once what the log holds is where it belongs. The reserve is
        // given up one time, so this does not come again.
        keepLog()
        performAdmitted(&batch, session)
    }

    /// Makes the log short again when nobody writes: a reader that kept it has left, or a copy failed.
    func tidy() {
        monitor.locked { isUntidy = true }
        keepLogWhenQuiet()
    }

    /// Whether there is anything to tidy; any thread may ask.
    var wantsTidying: Bool { log.wantsTidying || !isInPlace() }

    /// Copies the log into the database, and more if that was asked for; by whoever has the connection.
    private func keepLog() {
        defer { gate.open() }
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
    private func performAlone(_ batch: inout Batch, _ session: SQLiteSession) throws(Failure) {
        let begun = nanoseconds()
        guard try isDone(batch.jobs[0], session) else {
            try statements.rollback.run()
            session.rolledBack()
            return
        }
        try statements.commit(1)
        let span = nanoseconds() - begun
        pace.note(nanoseconds: span)
        if batch.isTimed { batch.spend(span, on: batch.jobs[0]) }
    }

    private func performTogether(_ batch: inout Batch, _ session: SQLiteSession) throws(Failure) {
        if batch.isTimed { return try performInTurns(&batch, session) }
        for job in batch.jobs { try performOne(job, session) }
        try statements.commit(batch.jobs.count)
    }

    /// Performs jobs until the turns of their users are over.
    private func performInTurns(_ batch: inout Batch, _ session: SQLiteSession) throws(Failure) {
        var performed: [any WriteJob] = []
        var left: [any WriteJob] = []
        var begun = nanoseconds()
        for job in batch.jobs {
            if batch.hasToWait(job) {
                left.append(job)
                continue
            }
            try performOne(job, session)
            performed.append(job)
            let ended = nanoseconds()
            batch.spend(ended - begun, on: job)
            begun = ended
        }
        try statements.commit(performed.count)
        batch.spendCommit(nanoseconds() - begun)
        batch.divide(performed: performed, left: left)
    }

    private func performOne(_ job: any WriteJob, _ session: SQLiteSession) throws(Failure) {
        try statements.savepoint.run()
        if try !isDone(job, session) {
            try statements.rollbackJob.run()
            session.rolledBack()
        }
        try statements.release.run()
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
