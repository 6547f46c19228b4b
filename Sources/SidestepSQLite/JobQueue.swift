import SidestepModel
import SidestepStore

/// The jobs that wait for the writer, and which of them share a commit: users have turns, by what their jobs cost.
///
/// Where several users are there, one's jobs of a commit take half a millisecond, about: who comes behind a flood waits
/// for the rest of one commit and for his own. What a job costs is known when it is done, so a batch is taken by number
/// and given back in part when its time is over.
struct JobQueue {
    /// Jobs in one commit at most: past it the replies of the first would wait for too many others.
    static let batchLimit = 512
    /// Jobs of one user in one commit, where there are several: the cheapest of them fill a turn.
    static let batchLimitPerUser = 24
    /// How long one user's jobs of a commit take, where there are several: nanoseconds.
    static let turnNanoseconds: Int64 = 500_000
    /// Bytes in one commit, about; a job that has more has one of its own.
    static let batchBytes = 1 << 20
    /// A job of more bytes is never performed on the caller's thread, and in a commit of its own.
    static let largeBytes = 128 << 10

    private var queue = FairQueue<any WriteJob>()
    /// A large job whose turn it is.
    private var large: (any WriteJob)?
    private var turns = TimeTurns(length: turnNanoseconds)
    /// Whether several users are there.
    var isShared = false

    var isEmpty: Bool { queue.isEmpty && large == nil }
    var hasLarge: Bool { large != nil }
    var count: Int { queue.count }

    mutating func append(_ jobs: [any WriteJob]) {
        for job in jobs { queue.append(job, of: job.user) }
    }

    /// A batch of one job that did not have to wait.
    mutating func pass(_ job: any WriteJob) -> Batch { batch([job]) }

    /// Takes jobs of all users in turn, so many and so large that nobody's wait is long; at least one.
    mutating func takeBatch() -> Batch {
        if let job = large.take() { return batch([job]) }
        if queue.count == 1, let only = queue.popFirst() {
            turns.forgive()
            return batch([only])
        }
        if isShared { turns.begin() }
        var jobs = takeJobs()
        if jobs.isEmpty {
            turns.forgive()
            jobs = takeJobs()
        }
        return batch(jobs)
    }

    private mutating func takeJobs() -> [any WriteJob] {
        let limit = isShared ? Self.batchLimitPerUser : Self.batchLimit
        var jobs: [any WriteJob] = []
        var counts: [UserKey: Int] = [:]
        var bytes = 0
        while jobs.count < Self.batchLimit, bytes < Self.batchBytes,
            let job = queue.popFirst(where: { counts[$0, default: 0] < limit && !turns.isOver($0) })
        {
            if job.weight > Self.largeBytes, !jobs.isEmpty {
                large = job
                break
            }
            jobs.append(job)
            counts[job.user, default: 0] += 1
            bytes += job.weight
        }
        return jobs
    }

    /// One batch is under way at a time: it has the turns until it is taken back.
    private mutating func batch(_ jobs: [any WriteJob]) -> Batch {
        guard isShared else { return Batch(jobs: jobs, turns: nil) }
        defer { turns = TimeTurns(length: Self.turnNanoseconds) }
        return Batch(jobs: jobs, turns: turns)
    }

    /// Keeps the place of a batch of one job for another thread.
    mutating func keep(_ batch: Batch) {
        large = batch.jobs.first
        finish(batch)
    }

    /// Takes back what a batch had no time for.
    mutating func finish(_ batch: Batch) {
        if let spent = batch.turns { turns = spent }
        for job in batch.left.reversed() { queue.prepend(job, of: job.user) }
    }
}

/// Jobs that share a commit, and what they take of their users' turns.
struct Batch {
    private(set) var jobs: [any WriteJob]
    /// nil where there is one user only: his turn does not end.
    private(set) var turns: TimeTurns?
    /// Those whose users' turns ended before they were performed.
    private(set) var left: [any WriteJob] = []
    /// What was spent in it, by user.
    private var spent: [UserKey: Int64] = [:]

    init(jobs: [any WriteJob], turns: TimeTurns?) { (self.jobs, self.turns) = (jobs, turns) }

    var isTimed: Bool { turns != nil }

    /// Whether a job has to wait for the next batch.
    func hasToWait(_ job: any WriteJob) -> Bool { turns?.isOver(job.user) ?? false }

    /// Counts a job that was performed.
    mutating func spend(_ nanoseconds: Int64, on job: any WriteJob) {
        // A clock that stands still counts jobs.
        let span = max(1, nanoseconds)
        turns?.spend(span, job.user)
        spent[job.user, default: 0] += span
    }

    /// Counts the commit: users share it as they shared the batch, for who wrote much has worked long.
    mutating func spendCommit(_ nanoseconds: Int64) {
        let all = spent.values.reduce(0, +)
        for (user, span) in spent {
            turns?.spend(Int64(Double(nanoseconds) * Double(span) / Double(all)), user)
        }
    }

    /// Only these of its jobs are in the commit.
    mutating func divide(performed: [any WriteJob], left: [any WriteJob]) {
        (jobs, self.left) = (performed, left)
    }
}
