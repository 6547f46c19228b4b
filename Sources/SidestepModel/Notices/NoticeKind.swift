/// What the log tells of beside the daemon's own start and end: one entry each, with its level and its fields.
public struct NoticeKind: Sendable, Hashable {
    /// The stable name: the field `event`.
    public let name: String
    /// How grave it is: `log_level` may keep it out of the log.
    public let level: NoticeLevel
    /// What happened, as the beginning of a sentence.
    public let sentence: String
    /// The fields that it may have, in the order of the reference page; one that is not here is a mistake of ours.
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

    /// Kinds are the same when their names are: the rest follows from the name.
    public static func == (left: NoticeKind, right: NoticeKind) -> Bool { left.name == right.name }

    /// By the name, as equality is.
    public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

extension NoticeKind {
    /// All of them, in the order of the reference page.
    public static let all: [NoticeKind] = [
        storageFault, storageFull, storageFailing, storageWell, reserveGone, reserveBack, runPaused,
        breakerOpened, breakerClosed, webhookFailed, webhookDead, tracesFailed, tracesRefused,
        scheduleProblem, limitRefused,
        callDenied, readerClosed, act, maintenanceBegan, maintenanceEnded, maintenanceFailed,
        retentionRemoved,
    ]

    /// Each `StoreFault`: the statement's name and the store's code, whoever's call met it.
    public static let storageFault = NoticeKind(
        "storage.fault", .error, "the store could not read or write", [.statement, .code, .problem],
        countedBy: [.statement, .code])
    /// The `StorageCondition` has become `full`; told when it changes, not at each refusal.
    public static let storageFull = NoticeKind(
        "storage.full", .error, "the disk of the database is full: what would make it grow is refused",
        [.problem])
    /// The `StorageCondition` has become `failing`: the cause is another one than want of space.
    public static let storageFailing = NoticeKind(
        "storage.failing", .error, "the disk of the database fails", [.problem])
    /// The `StorageCondition` is `ok` again: what had failed has succeeded.
    public static let storageWell = NoticeKind(
        "storage.ok", .notice, "the disk of the database is well again", [])
    /// The space kept for a full disk was given up, so that what frees something can be written.
    public static let reserveGone = NoticeKind(
        "reserve.gone", .warning,
        "the reserve was given up: prune, delete, cancel and the end of runs still work (sidestep prune makes room)",
        [])
    /// That space is kept again: the next full disk finds it.
    public static let reserveBack = NoticeKind(
        "reserve.back", .notice, "there is space again, and the reserve is back", [])
    /// A run was paused, by a person or a policy; `reason` is a `PauseReason`.
    public static let runPaused = NoticeKind(
        "run.paused", .warning, "a run is paused", [.run, .workflow, .user, .reason],
        countedBy: [.user, .workflow, .reason])
    /// Failures in a row, or a failed probe, opened it; `until` is in milliseconds since the epoch.
    public static let breakerOpened = NoticeKind(
        "breaker.opened", .warning, "a circuit breaker is open", [.breaker, .user, .until])
    /// The outcome of a step closed it again; `user` is missing when it is everybody's.
    public static let breakerClosed = NoticeKind(
        "breaker.closed", .notice, "a circuit breaker is closed again", [.breaker, .user])
    /// An attempt failed and another one follows; `status` is the receiver's answer, if it gave one.
    public static let webhookFailed = NoticeKind(
        "webhook.failed", .warning, "a webhook does not take its deliveries",
        [.webhook, .user, .delivery, .attempts, .status, .problem], countedBy: [.webhook, .user])
    /// An attempt failed and none follows: it was the last, or no other could do better.
    public static let webhookDead = NoticeKind(
        "webhook.dead", .error, "a delivery is given up",
        [.webhook, .user, .delivery, .attempts, .status, .problem],
        countedBy: [.webhook, .user])
    /// They are kept and sent again; `status` is the collector's answer, if it gave one.
    public static let tracesFailed = NoticeKind(
        "traces.failed", .warning, "the collector does not take the spans, which wait",
        [.spans, .status, .problem],
        countedBy: [.status])
    /// The collector will never take them: they are left out, and what comes behind them is sent.
    public static let tracesRefused = NoticeKind(
        "traces.refused", .error, "the collector refuses spans, which are left out",
        [.spans, .status, .problem],
        countedBy: [.status])
    /// Its run could not be started, so the daemon has paused it; `problem` is shown by `schedule.get`, too.
    public static let scheduleProblem = NoticeKind(
        "schedule.problem", .error, "a schedule cannot go on", [.schedule, .user, .problem],
        countedBy: [.schedule, .user])
    /// A call got `limit_exceeded`, `payload_too_large` or `overloaded`; `limit` is `data.limit`, or that kind.
    public static let limitRefused = NoticeKind(
        "limit.refused", .warning, "a limit refuses calls", [.limit, .method, .uid, .pid],
        countedBy: [.limit, .uid])
    /// A call got `not_permitted`; what it asked for is not told, only the method and who called.
    public static let callDenied = NoticeKind(
        "call.denied", .warning, "a call is not permitted", [.method, .uid, .pid], countedBy: [.method, .uid])
    /// More than `outbound_bytes` had to be kept for it.
    public static let readerClosed = NoticeKind(
        "reader.closed", .notice, "a connection whose reader does not read is closed", [.uid, .pid],
        countedBy: [.uid])
    /// A person's act, as it stands in the daemon's own journal or in that of its run.
    public static let act = NoticeKind(
        "act", .notice, "somebody changed something", [.method, .subject, .user, .uid, .pid],
        countedBy: [.method, .user, .uid, .pid])
    /// Somebody asked for a backup, check or vacuum (`task`); `path` is where a backup is written.
    public static let maintenanceBegan = NoticeKind(
        "maintenance.began", .notice, "maintenance begins", [.task, .path, .uid, .pid])
    /// It came to its end; `bytes` are those of the copy, or of the database after a vacuum.
    public static let maintenanceEnded = NoticeKind(
        "maintenance.ended", .notice, "maintenance is done", [.task, .path, .bytes, .problem, .uid, .pid])
    /// It broke off or was refused, or a check found something: `problem` is the first of it.
    public static let maintenanceFailed = NoticeKind(
        "maintenance.failed", .error, "maintenance failed", [.task, .path, .problem, .uid, .pid])
    /// Retention removed so many runs (`runs`) of one page of closed ones.
    public static let retentionRemoved = NoticeKind(
        "retention.removed", .info, "closed runs were kept long enough and are removed", [.runs])
}
