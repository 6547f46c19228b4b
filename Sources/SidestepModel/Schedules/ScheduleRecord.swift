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
    public var key: Int64
    /// Unique together with the user.
    public var name: String
    public var userID: UInt32
    public var workflow: String
    /// One of these two.
    public var cron: String?
    public var everyMilliseconds: Int64?
    public var timeZone: String
    public var overlap: Overlap
    public var catchUpMilliseconds: Int64
    public var jitterMilliseconds: Int64
    public var start: Instant?
    public var end: Instant?
    public var isPaused: Bool
    /// Why the daemon paused it.
    public var problem: String?
    /// What the runs are begun with.
    public var template: RunTemplate
    public var created: Instant
    public var updated: Instant
    /// The due time to come; nil when none comes any more.
    public var nextDue: Instant?
    /// A due time that waits for the run before it (`overlap: queue`).
    public var waitingDue: Instant?
    /// The due time of the last run, and that run.
    public var lastDue: Instant?
    public var lastRun: Int64?
    /// How many runs were started, left out because one was open, and missed while nobody could start them.
    public var fired: Int64 = 0
    public var skipped: Int64 = 0
    public var missed: Int64 = 0

    public init(key: Int64 = 0, name: String, userID: UInt32, workflow: String, now: Instant) {
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
    public var input: Payload?
    public var queue: String?
    public var priority: Int64?
    /// Object of strings.
    public var tags: Payload?
    public var metadata: Payload?
    public var retry: Payload?
    public var codeVersion: String?
    public var budget: Payload?

    public init() {}
}
