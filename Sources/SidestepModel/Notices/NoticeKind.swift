/// What the log tells of beside the daemon's own start and end: one entry each, with its level and its fields.
public struct NoticeKind: Sendable, Hashable {
    /// The stable name: the field `event`.
    public let name: String
    public let level: NoticeLevel
    /// What happened, as the beginning of a sentence.
    public let sentence: String
    public let fields: [NoticeField]
    /// Fields that tell apart what is counted: of what is the same in them the first is told at once, the rest as
    /// a number each minute. nil tells of each.
    public let countedBy: [NoticeField]?

    private init(
        _ name: String, _ level: NoticeLevel, _ sentence: String, _ fields: [NoticeField],
        countedBy: [NoticeField]? = nil
    ) {
        self.name = name
        self.level = level
        self.sentence = sentence
        self.fields = fields
        self.countedBy = countedBy
    }

    public static func == (left: NoticeKind, right: NoticeKind) -> Bool { left.name == right.name }

    public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

extension NoticeKind {
    /// All of them, in the order of the reference page.
    public static let all: [NoticeKind] = [
        storageFault, storageFull, storageFailing, storageWell, reserveGone, reserveBack, runPaused,
        breakerOpened, breakerClosed, webhookFailed, webhookDead, scheduleProblem, limitRefused,
        callDenied, readerClosed, act, maintenanceBegan, maintenanceEnded, maintenanceFailed,
        retentionRemoved,
    ]

    public static let storageFault = NoticeKind(
        "storage.fault", .error, "the store could not read or write", [.statement, .code, .problem],
        countedBy: [.statement, .code])
    public static let storageFull = NoticeKind(
        "storage.full", .error, "the disk of the database is full: what would make it grow is refused",
        [.problem])
    public static let storageFailing = NoticeKind(
        "storage.failing", .error, "the disk of the database fails", [.problem])
    public static let storageWell = NoticeKind(
        "storage.ok", .notice, "the disk of the database is well again", [])
    public static let reserveGone = NoticeKind(
        "reserve.gone", .warning,
        "the reserve was given up: prune, delete, cancel and the end of runs still work (sidestep prune makes room)",
        [])
    public static let reserveBack = NoticeKind(
        "reserve.back", .notice, "there is space again, and the reserve is back", [])
    public static let runPaused = NoticeKind(
        "run.paused", .warning, "a run is paused", [.run, .workflow, .user, .reason],
        countedBy: [.user, .workflow, .reason])
    public static let breakerOpened = NoticeKind(
        "breaker.opened", .warning, "a circuit breaker is open", [.breaker, .user, .until])
    public static let breakerClosed = NoticeKind(
        "breaker.closed", .notice, "a circuit breaker is closed again", [.breaker, .user])
    public static let webhookFailed = NoticeKind(
        "webhook.failed", .warning, "a webhook does not take its deliveries",
        [.webhook, .user, .delivery, .attempts, .status, .problem], countedBy: [.webhook, .user])
    public static let webhookDead = NoticeKind(
        "webhook.dead", .error, "a delivery is given up",
        [.webhook, .user, .delivery, .attempts, .status, .problem],
        countedBy: [.webhook, .user])
    public static let scheduleProblem = NoticeKind(
        "schedule.problem", .error, "a schedule cannot go on", [.schedule, .user, .problem],
        countedBy: [.schedule, .user])
    public static let limitRefused = NoticeKind(
        "limit.refused", .warning, "a limit refuses calls", [.limit, .method, .uid, .pid],
        countedBy: [.limit, .uid])
    public static let callDenied = NoticeKind(
        "call.denied", .warning, "a call is not permitted", [.method, .uid, .pid], countedBy: [.method, .uid])
    public static let readerClosed = NoticeKind(
        "reader.closed", .notice, "a connection whose reader does not read is closed", [.uid, .pid],
        countedBy: [.uid])
    public static let act = NoticeKind(
        "act", .notice, "somebody changed something", [.method, .subject, .user, .uid, .pid],
        countedBy: [.method, .user, .uid, .pid])
    public static let maintenanceBegan = NoticeKind(
        "maintenance.began", .notice, "maintenance begins", [.task, .path, .uid, .pid])
    public static let maintenanceEnded = NoticeKind(
        "maintenance.ended", .notice, "maintenance is done", [.task, .path, .bytes, .problem, .uid, .pid])
    public static let maintenanceFailed = NoticeKind(
        "maintenance.failed", .error, "maintenance failed", [.task, .path, .problem, .uid, .pid])
    public static let retentionRemoved = NoticeKind(
        "retention.removed", .info, "closed runs were kept long enough and are removed", [.runs])
}
