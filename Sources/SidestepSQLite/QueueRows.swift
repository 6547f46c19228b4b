import SidestepModel
import SidestepStore

struct QueueStatements {
    let get, list, names, save, running, waiting: Statement
    let owned, ownedOfKey, runningOfKey, before: Statement
    let ready, openDedup, startable, cancelDue, deadlineDue, startDeadlineDue, children: Statement
    /// Each answers when the next of its kind is due.
    let nextDues: [Statement]

    init(_ connection: Connection, _ library: StatementLibrary) throws(Failure) {
        func block(_ name: String) throws(Failure) -> Statement { try library.prepare(name, on: connection) }
        get = try block("queue_get")
        list = try block("queue_list")
        names = try block("queue_names")
        save = try block("queue_save")
        running = try block("queue_running")
        waiting = try block("queue_waiting")
        owned = try block("queue_owned")
        ownedOfKey = try block("queue_owned_of_key")
        runningOfKey = try block("queue_running_of_key")
        before = try block("queue_before")
        ready = try block("run_ready")
        openDedup = try block("run_open_dedup")
        startable = try block("run_startable")
        cancelDue = try block("run_cancel_due")
        deadlineDue = try block("run_deadline_due")
        startDeadlineDue = try block("run_start_deadline_due")
        children = try block("run_children")
        nextDues = [
            try block("run_next_start"), try block("run_next_cancel"), try block("run_next_deadline"),
            try block("run_next_start_deadline"),
        ]
    }
}

extension SQLiteSession {
    func queue(user: UserID, name: String) throws(Failure) -> QueueRecord? {
        try queues.get.first(Int64(user), name) { QueueRecord(&$0) }
    }

    func queues(user: UserID?) throws(Failure) -> [QueueRecord] {
        let user = user.map(Int64.init)
        let put = try queues.list.all(user) { QueueRecord(&$0) }
        let named = try queues.names.all(user) { row in
            QueueRecord(userID: row.user(), name: row.string())
        }
        let others = named.filter { other in
            !put.contains { $0.userID == other.userID && $0.name == other.name }
        }
        return (put + others).sorted { ($0.name, $0.userID) < ($1.name, $1.userID) }
    }

    func saveQueue(_ queue: QueueRecord) throws(Failure) {
        try queues.save.run(
            Int64(queue.userID), queue.name, queue.isPaused,
            queue.concurrency, queue.keyConcurrency, queue.rate?.count,
            queue.rate?.milliseconds, queue.rate?.burst, queue.bucket.tokens,
            queue.bucket.at)
    }

    func runningRuns(user: UserID, queue: String) throws(Failure) -> Int64 {
        try queues.running.first(Int64(user), queue) { $0.integer() } ?? 0
    }

    func waitingRuns(user: UserID, queue: String) throws(Failure) -> Int64 {
        try queues.waiting.first(Int64(user), queue) { $0.integer() } ?? 0
    }

    func ownedRuns(user: UserID, queue: String, key: String?, limit: Int) throws(Failure) -> [String] {
        guard let key else { return try queues.owned.all(user, queue, limit) { $0.string() } }
        return try queues.ownedOfKey.all(user, queue, limit, key) { $0.string() }
    }

    func runningRuns(user: UserID, queue: String, key: String) throws(Failure) -> Int64 {
        try queues.runningOfKey.first(Int64(user), queue, key) { $0.integer() }
            ?? 0
    }

    func runsBefore(_ run: RunRecord) throws(Failure) -> Int64 {
        try queues.before.first(
            Int64(run.userID), run.placement.queue, run.placement.priority,
            run.key
        ) { $0.integer() } ?? 0
    }

    func readyRun(
        user: UserID, queue: String, workflow: String, version: String?, keyConcurrency: Int64?
    ) throws(Failure) -> RunRecord? {
        try queues.ready.first(
            Int64(user), queue, workflow, version,
            keyConcurrency
        ) { RunRecord(&$0) }
    }

    func openRun(user: UserID, queue: String, dedupKey: String) throws(Failure) -> RunRecord? {
        try queues.openDedup.first(Int64(user), queue, dedupKey) {
            RunRecord(&$0)
        }
    }

    func runs(startableAt now: Instant) throws(Failure) -> [RunRecord] {
        try queues.startable.all(now) { RunRecord(&$0) }
    }

    func runs(endingAt now: Instant) throws(Failure) -> [RunRecord] {
        var found: [RunRecord] = []
        for statement in [queues.cancelDue, queues.deadlineDue, queues.startDeadlineDue] {
            found += try statement.all(now) { RunRecord(&$0) }
        }
        return found
    }

    func nextRunDue() throws(Failure) -> Instant? {
        var next: Instant?
        for statement in queues.nextDues {
            guard let due = try statement.first(read: { $0.optionalInstant() }) ?? nil else { continue }
            next = min(next ?? due, due)
        }
        return next
    }

    func openChildren(of run: Int64, after key: Int64, limit: Int) throws(Failure) -> [RunRecord] {
        try queues.children.all(run, key, Int64(limit)) { RunRecord(&$0) }
    }
}

extension QueueRecord {
    /// Reads the columns of `{queue}` in their order.
    init(_ row: inout Row) {
        self.init(userID: row.user(), name: row.string())
        isPaused = row.bool()
        concurrency = row.optionalInteger()
        keyConcurrency = row.optionalInteger()
        rate = Rate(&row)
        bucket = TokenBucket(tokens: row.real(), at: row.instant())
    }
}

extension Rate {
    /// Reads count, span and burst; nil when there is no rate.
    init?(_ row: inout Row) {
        let (count, span, burst) = (row.optionalInteger(), row.optionalInteger(), row.optionalInteger())
        guard let count, let span else { return nil }
        self.init(count: count, milliseconds: span, burst: burst)
    }
}
