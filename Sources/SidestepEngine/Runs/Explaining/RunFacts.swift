import SidestepModel

/// All that is known of a run at one moment and may be a reason; nothing in it is asked for again.
struct RunFacts {
    let run: RunRecord
    /// The steps that have no outcome.
    let open: [StepRecord]
    let now: Instant
    /// Who asks, and so who would carry out the command.
    let caller: Peer

    var queue: QueueFacts
    var owner = OwnerFacts()
    var steps = StepFacts()
    /// The budgets that it goes by, those of the runs above it too, with whose each is.
    var budgets: [(owner: String, budget: Budget)] = []
    /// The newest entry of its journal of each kind.
    var entries: [JournalKind: JournalEntry] = [:]
    /// The steps that undid others.
    var compensations: [String] = []
    /// Those among them that failed.
    var notUndone: [String] = []
    /// The schedules that started it last.
    var schedules: [ScheduleRecord] = []
    /// Why the daemon cannot write now.
    var storage = StorageCondition.State.ok

    func since(_ moment: Instant) -> String { Wording.span(now.milliseconds(since: moment)) }
    func until(_ moment: Instant) -> String { Wording.span(moment.milliseconds(since: now)) }

    /// A command that only the run's own user can give.
    func asOwner(_ command: String) -> String {
        run.userID == caller.uid ? command : "sudo -u '#\(run.userID)' \(command)"
    }

    /// One about a limit or breaker; nil where it is everybody's and the caller no administrator: what such a
    /// user puts is one of his own.
    func asHolder(of user: Int64, _ command: String) -> String? {
        if user == LimitRecord.everybody { return caller.isAdministrator ? command : nil }
        return asOwner(command)
    }
}

/// The queue that a run waits in.
struct QueueFacts {
    var record: QueueRecord
    /// Runs of it that have owners, and the names of some.
    var owned: Int64 = 0
    var owners: [String] = []
    /// The same of the run's concurrency key.
    var ownedOfKey: Int64 = 0
    var ownersOfKey: [String] = []
    /// Runs that go before this one.
    var before: Int64 = 0
    var workers = WorkerFacts()

    init(_ record: QueueRecord) { self.record = record }
}

/// The connected workers that serve a run's queue and have its workflow.
struct WorkerFacts {
    /// Those that would take it.
    var serving = 0
    /// Those of them that have no run.
    var idle = 0
    /// The code versions of those that have another one than it is pinned to.
    var otherVersions: [String] = []
}

/// What is known of the process that owns a run.
struct OwnerFacts {
    /// Whether the connection that it was granted the run on is there.
    var isConnected = true
    /// When something last came over that connection.
    var lastCall: Instant?
    var isStopped = false
    /// Whether a call of it waits for something.
    var waits = false
}

/// What is known of steps that wait to begin, or that the daemon executes.
struct StepFacts {
    var parked: [ParkedStep] = []
    var refused: [RefusedStep] = []
    var limits: [Int64: LimitFacts] = [:]
    var breakers: [BreakerRecord] = []
    /// Keys of those that the daemon executes and that wait their turn.
    var waitingForDaemon: Set<Int64> = []
    /// What the supervisor of a detached program is begun with, when it could not be.
    var supervisor: SupervisorFacts?
}

/// A limit with the steps that hold it.
struct LimitFacts {
    var record: LimitRecord
    var holders: Int64
    var names: [String]
}

/// The step in which the daemon runs `sidestep run` for a program that was detached.
struct SupervisorFacts {
    var problem: String
    /// The program and its arguments.
    var program: [String]
}
