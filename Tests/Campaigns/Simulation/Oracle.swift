import SidestepModel

/// What a call answers, reduced to what the oracle predicts.
enum Reply: Equatable, CustomStringConvertible {
    case granted(epoch: Int64, steps: Int)
    case closed(RunStatus)
    case waits
    case execute(attempt: Int64, delay: Int64)
    case output(String)
    case recorded(attempt: Int64)
    case failed(delay: Int64?, attempt: Int64)
    case status(RunStatus)
    case saved(messages: Int)
    case removed(Int)
    case done
    /// A wait was written as open; its caller gave up at once.
    case opened
    case refused(ErrorKind)

    var description: String {
        switch self {
        case .granted(let epoch, let steps): "granted epoch \(epoch), \(steps) steps"
        case .closed(let status): "closed \(status)"
        case .waits: "waits"
        case .execute(let attempt, let delay): "execute attempt \(attempt) in \(delay)"
        case .output(let output): "output \(output)"
        case .recorded(let attempt): "recorded attempt \(attempt)"
        case .failed(let delay, let attempt):
            "failed, delay \(delay.map(String.init) ?? "none"), attempt \(attempt)"
        case .status(let status): "status \(status)"
        case .saved(let messages): "saved \(messages) messages"
        case .removed(let count): "removed \(count)"
        case .done: "done"
        case .opened: "opened"
        case .refused(let kind): "refused \(kind.rawValue)"
        }
    }
}

/// The engine as a few dictionaries: what must be true, without a database,
/// without concurrency, without performance.
struct Oracle {
    struct Step: Equatable {
        var status = StepStatus.running
        var attempt: Int64 = 1
        var failures: Int64 = 0
        var atMostOnce = false
        var interrupted = false
        var holder: Int32?
        var output: String?
        var ready: Int64 = 0
        /// The place of its completion, or of its opening as a wait, among all that was recorded.
        var place = 0
        /// The place of its first opening as a wait: of two waits for one signal the older one gets it.
        var opened = 0
        /// What a wait waits for, and when time ends it.
        var mark: [String]?
        var due: Int64?
    }

    struct Signal {
        let name: String
        let value: String
        /// Its place among all that were sent to the run.
        let number: Int
    }

    struct Run {
        var status = RunStatus.queued
        var reason: PauseReason?
        var generation = 1
        var epoch: Int64 = 0
        /// Who has it: process and connection.
        var owner: (process: Int32, session: Int64)?
        /// When an owner that lost its connection loses the run, too.
        var awayUntil: Int64?
        /// Whether the owner of `epoch` may come back with its lease.
        var mayReturn = false
        var interruptions: Int64 = 0
        var progressed = false
        var output: String?
        var steps: [String: Step] = [:]
        var messages: [String] = []
        var state: [String: String] = [:]
        /// Signals that nobody has waited for, in their order; the ids of all that came.
        var signals: [Signal] = []
        /// Those that waits have taken.
        var taken: [String: Signal] = [:]
        var messageIDs: Set<String> = []
        /// nil inside: made and not settled.
        var promises: [String: String?] = [:]
        /// When it is closed, whatever its owner does.
        var cancelAt: Int64?
        /// Not for workers before this.
        var nextAttempt: Int64?
        /// Older ones go first.
        var age = 0
        /// Which generation of all there ever were; an import keeps it.
        var identity = 0
        /// What a fork has of other runs: whose it is (`age`), and its place.
        var shared: Set<[Int]> = []
        /// The histories that checkpoints saved, with their places.
        var saved: [(place: Int, messages: [String])] = []
    }

    /// The policy that the programs use: three attempts, 100 ms and then 200 ms apart.
    static let attempts: Int64 = 3
    static func delay(_ failures: Int64) -> Int64 { failures == 1 ? 100 : 200 }
    static let maxInterruptions: Int64 = 4

    /// Signals to runs that are not made yet.
    var early: [String: [(id: String, name: String, value: String)]] = [:]
    var runs: [String: Run] = [:]
    /// Closed generations of ids that were used again.
    var past: [String: [Int: Run]] = [:]
    var openSessions: Set<Int64> = []
    var now: Int64 = 0
    /// What removed runs left behind.
    var tombstones: [String: (generation: Int, epoch: Int64)] = [:]
    /// The last place that was given; whatever is recorded gets the next one.
    var lastPlace = 0
    var lastIdentity = 0

    // MARK: The lease

    /// The caller's lease: a run's name and the epoch it was granted.
    struct Lease: Hashable {
        var run: String
        var generation: Int
        var epoch: Int64
    }

    /// nil when the lease is in force; why not, otherwise.
    mutating func check(
        _ lease: Lease, _ client: (process: Int32, session: Int64), for purpose: Purpose = .work
    ) -> ErrorKind? {
        guard var run = runs[lease.run], run.generation == lease.generation else { return .leaseLost }
        let isCurrent = run.epoch == lease.epoch
        if run.status.isClosed { return closedKind(run) }
        if run.status == .paused { return .runPaused }
        guard isCurrent else { return .leaseLost }
        switch run.status {
        case .running:
            if let owner = run.owner, owner.process == client.process, !openSessions.contains(owner.session) {
                run.owner?.session = client.session
                run.awayUntil = nil
            }
        case .interrupted where run.mayReturn:
            run.status = .running
            run.owner = client
            run.awayUntil = nil
            run.progressed = false
        default: return .leaseLost
        }
        runs[lease.run] = run
        return purpose == .work && run.cancelAt != nil ? .runCancelled : nil
    }

    /// A run that was asked to end takes no new work.
    enum Purpose { case work, ending }

    // MARK: Runs

    mutating func grant(_ name: String, _ client: (process: Int32, session: Int64)) -> Reply {
        runs[name]!.epoch += 1
        runs[name]!.status = .running
        runs[name]!.owner = client
        runs[name]!.mayReturn = true
        runs[name]!.progressed = false
        runs[name]!.nextAttempt = nil
        runs[name]!.awayUntil = nil
        return .granted(epoch: runs[name]!.epoch, steps: runs[name]!.steps.count)
    }

    mutating func resume(
        _ name: String, _ client: (process: Int32, session: Int64), retry: Bool, rerun: Bool, takeOver: Bool,
        wait: Bool
    ) -> Reply {
        guard let run = runs[name] else {
            runs[name] = newRun(name)
            return grant(name, client)
        }
        if run.status.isClosed { return reopen(name, client, retry: retry, rerun: rerun) }
        if run.status == .paused { return .refused(.runPaused) }
        guard run.status == .running else { return grant(name, client) }
        if run.owner!.process == client.process, !openSessions.contains(run.owner!.session) {
            return grant(name, client)
        }
        if wait { return .waits }
        guard takeOver else { return .refused(.runOwned) }
        interrupt(name, mayReturn: false)
        if runs[name]!.status.isClosed { return reopen(name, client, retry: retry, rerun: rerun) }
        return runs[name]!.status == .paused ? .refused(.runPaused) : grant(name, client)
    }

    private mutating func reopen(
        _ name: String, _ client: (process: Int32, session: Int64), retry: Bool, rerun: Bool
    ) -> Reply {
        let run = runs[name]!
        if rerun {
            past[name, default: [:]][run.generation] = run
            runs[name] = Run(generation: run.generation + 1, epoch: run.epoch, identity: nextIdentity())
            runs[name]!.age = nextPlace()
            return grant(name, client)
        }
        guard retry, run.status != .completed else { return .closed(run.status) }
        runs[name]!.interruptions = 0
        runs[name]!.cancelAt = nil
        for (step, record) in run.steps where record.status == .failed {
            runs[name]!.steps[step] = Step(
                status: .backoff, attempt: record.attempt + 1, atMostOnce: record.atMostOnce, ready: now)
        }
        return grant(name, client)
    }

    mutating func interrupt(_ name: String, mayReturn: Bool) {
        loseSteps(of: name)
        runs[name]!.interruptions = runs[name]!.progressed ? 1 : runs[name]!.interruptions + 1
        runs[name]!.status = .interrupted
        runs[name]!.owner = nil
        runs[name]!.mayReturn = mayReturn
        if let next = runs[name]!.nextAttempt, next <= now { runs[name]!.nextAttempt = nil }
        if let delay = CrashLoop.delay(interruptions: runs[name]!.interruptions) {
            runs[name]!.nextAttempt = max(runs[name]!.nextAttempt ?? 0, now + delay)
        }
        if runs[name]!.interruptions > Self.maxInterruptions {
            runs[name]!.status = .paused
            runs[name]!.reason = .crashLoop
        }
        // Nobody is left to undo anything.
        if runs[name]!.cancelAt != nil { endCancelled(name) }
    }

    mutating func loseSteps(of name: String) {
        for (step, record) in runs[name]!.steps where record.status == .running {
            lose(step, record, of: name)
        }
    }

    mutating func lose(_ step: String, _ record: Step, of name: String) {
        var record = record
        record.interrupted = true
        if record.atMostOnce {
            record.status = .unknown
        } else {
            record.status = .backoff
            record.attempt += 1
            record.ready = now
        }
        runs[name]!.steps[step] = record
    }

    mutating func close(_ lease: Lease, _ client: (process: Int32, session: Int64), output: String) -> Reply {
        if let run = closed(lease) {
            return run.status == .completed && run.output == output
                ? .status(.completed) : .refused(closedKind(run))
        }
        if let refused = check(lease, client) { return .refused(refused) }
        finish(lease.run, .completed)
        runs[lease.run]!.output = output
        return .status(.completed)
    }

    mutating func fail(_ lease: Lease, _ client: (process: Int32, session: Int64)) -> Reply {
        if let run = closed(lease) {
            return run.status == .failed || run.cancelAt != nil
                ? .status(run.status) : .refused(.runClosed)
        }
        if let refused = check(lease, client, for: .ending) { return .refused(refused) }
        if runs[lease.run]!.cancelAt != nil {
            endCancelled(lease.run)
            return .status(.cancelled)
        }
        finish(lease.run, .failed)
        return .status(.failed)
    }

    /// The generation that this very lease closed.
    private func closed(_ lease: Lease) -> Run? {
        let current = runs[lease.run].flatMap { $0.generation == lease.generation ? $0 : nil }
        guard let run = current ?? past[lease.run]?[lease.generation] else { return nil }
        return run.epoch == lease.epoch && run.status.isClosed ? run : nil
    }

    private mutating func finish(_ name: String, _ status: RunStatus) {
        loseSteps(of: name)
        runs[name]!.status = status
        runs[name]!.owner = nil
        runs[name]!.mayReturn = false
        runs[name]!.nextAttempt = nil
    }

    mutating func release(_ lease: Lease, _ client: (process: Int32, session: Int64)) -> Reply {
        if let refused = check(lease, client, for: .ending) { return .refused(refused) }
        if runs[lease.run]!.cancelAt != nil {
            endCancelled(lease.run)
            return .status(.cancelled)
        }
        loseSteps(of: lease.run)
        let unknown = runs[lease.run]!.steps.values.contains { $0.status == .unknown }
        runs[lease.run]!.status = unknown ? .paused : .queued
        runs[lease.run]!.reason = unknown ? .unknownStep : nil
        runs[lease.run]!.owner = nil
        runs[lease.run]!.mayReturn = false
        return .status(runs[lease.run]!.status)
    }

    mutating func pause(_ name: String) -> Reply {
        guard let run = runs[name] else { return .refused(.runNotFound) }
        if run.status == .paused { return .status(.paused) }
        if run.status.isClosed { return .refused(closedKind(run)) }
        loseSteps(of: name)
        runs[name]!.status = .paused
        runs[name]!.reason = .operator
        runs[name]!.owner = nil
        runs[name]!.mayReturn = false
        return .status(.paused)
    }

    mutating func unpause(_ name: String) -> Reply {
        guard let run = runs[name] else { return .refused(.runNotFound) }
        if run.status.isClosed { return .refused(closedKind(run)) }
        guard run.status == .paused else { return .status(run.status) }
        runs[name]!.status = .queued
        runs[name]!.reason = nil
        runs[name]!.interruptions = 0
        return .status(.queued)
    }
}
