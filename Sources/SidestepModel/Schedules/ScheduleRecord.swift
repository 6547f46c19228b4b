/// What happens when a schedule is due and the run it started before is still open.
public enum Overlap: String, Sendable, CaseIterable {
    /// This due time is left out.
    case skip
    /// One due time waits for the run to close; others that come meanwhile are left out.
    case queue
    /// Both run.
    case allow
}

/// A rule that starts runs, as the store holds it.
public struct ScheduleRecord: Sendable, Equatable {
    /// The store's own number; 0 before it is put.
    public var key: Int64
    /// Unique together with the user.
    public var name: String
    /// Whose it is: its runs are his, too.
    public var userID: UserID
    /// The workflow of its runs.
    public var workflow: String
    /// One of these two.
    public var cron: String?
    /// Milliseconds from one due time to the next, counted from `anchor`; nil beside `cron`.
    public var everyMilliseconds: Int64?
    /// An IANA name, for `cron`; its rules are read from the host's tzdata, and may be gone some day.
    public var timeZone: String
    /// What becomes of a due time when the run of the one before is open.
    public var overlap: Overlap
    /// How late a run may be started, after the daemon was down for example; later it is `missed`.
    public var catchUpMilliseconds: Int64
    /// The most by which a start is delayed; 0 is not at all. `jitter(at:)` chooses within it.
    public var jitterMilliseconds: Int64
    /// No due time is before it; nil sets no bound.
    public var start: Instant?
    /// No due time is after it; nil sets no bound.
    public var end: Instant?
    /// Whether it starts nothing by itself for now; what is due meanwhile is not made up for.
    public var isPaused: Bool
    /// Why the daemon paused it.
    public var problem: String?
    /// What the runs are begun with.
    public var template: RunTemplate
    /// When it was first put: without `start` intervals are counted from it.
    public var created: Instant
    /// When somebody last put it, paused it or let it go on; due times that pass change nothing here.
    public var updated: Instant
    /// The due time to come; nil when none comes any more.
    public var nextDue: Instant?
    /// A due time that waits for the run before it (`overlap: queue`).
    public var waitingDue: Instant?
    /// The last due time that was not missed, also when its run was left out or waits.
    public var lastDue: Instant?
    /// The key of the run it started last, also by `schedule.trigger`; nil before the first. It may be removed by now.
    public var lastRun: Int64?
    /// Runs that it started, those of `schedule.trigger` included.
    public var fired: Int64 = 0
    /// Due times left out because of `overlap`.
    public var skipped: Int64 = 0
    /// Due times that were too old (`catchUpMilliseconds`) when the daemon could look.
    public var missed: Int64 = 0

    /// A schedule that is never due: the caller sets `cron` or `everyMilliseconds`, then `nextDue`.
    public init(key: Int64 = 0, name: String, userID: UserID, workflow: String, now: Instant) {
        self.key = key
        self.name = name
        self.userID = userID
        self.workflow = workflow
        timeZone = "UTC"
        overlap = .skip
        catchUpMilliseconds = 60_000
        jitterMilliseconds = 0
        isPaused = false
        template = RunTemplate()
        created = now
        updated = now
    }

    /// Where intervals are counted from.
    public var anchor: Instant { start ?? created }

    /// Milliseconds by which the run of a due time is delayed: the same at every look at it.
    public func jitter(at due: Instant) -> Int64 {
        guard jitterMilliseconds > 0 else { return 0 }
        // FNV-1a, <http://www.isthe.com/chongo/tech/comp/fnv/>: spreads schedules of one rule, keeps no
        // secret.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in Array("\(userID)/\(name)/\(due.milliseconds)".utf8) {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        return Int64(hash % UInt64(jitterMilliseconds + 1))
    }

    /// When the run of a due time is started.
    public func start(of due: Instant) -> Instant { due.advanced(byMilliseconds: jitter(at: due)) }

    /// The id of the run of a due time: one time, one run.
    public func runID(at due: Instant) -> String { "\(name)/\(due.text)" }

    /// The longest name: a due time has at most 24 characters.
    public static func longestName(_ limits: Limits) -> Int { limits.nameBytes - 25 }
}

/// What a schedule begins its runs with; all of it is optional.
public struct RunTemplate: Sendable, Equatable {
    /// The input of every run.
    public var input: Payload?
    /// The queue they wait in; nil is the default one.
    public var queue: String?
    /// Their priority; nil is 0.
    public var priority: Int64?
    /// Object of strings.
    public var tags: Payload?
    /// Their metadata, the user's own JSON.
    public var metadata: Payload?
    /// Their retry policy as it was given, JSON; nil is one attempt.
    public var retry: Payload?
    /// The version that a worker has to have for them; nil is any.
    public var codeVersion: String?
    /// Their budget: an object of amounts by name.
    public var budget: Payload?

    /// Says nothing: the runs are as `run.enqueue` makes them by default.
    public init() {}
}
