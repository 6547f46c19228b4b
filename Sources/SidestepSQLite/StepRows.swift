import SidestepModel
import SidestepStore

struct StepStatements {
    let byName, outcome, page, pageStatus, counts, open, byStatus, expired, nextDeadline, usage,
        compensations: Statement
    let insert, update, forgetFailed: Statement

    init(_ connection: Connection, _ library: StatementLibrary) throws(Failure) {
        func block(_ name: String) throws(Failure) -> Statement { try library.prepare(name, on: connection) }
        byName = try block("step_by_name")
        outcome = try block("step_outcome")
        page = try block("step_page")
        pageStatus = try block("step_page_status")
        counts = try block("step_counts")
        open = try block("step_open")
        byStatus = try block("step_by_status")
        expired = try block("step_expired")
        nextDeadline = try block("step_next_deadline")
        usage = try block("step_usage")
        compensations = try block("step_compensations")
        insert = try block("step_insert")
        update = try block("step_update")
        forgetFailed = try block("step_forget_failed")
    }
}

extension SQLiteSession {
    func step(run: Int64, name: String) throws(Failure) -> StepRecord? {
        try steps.byName.first(.integer(run), SQLValue(name)) { StepRecord(&$0) }
    }

    func stepOutcome(run: Int64, name: String) throws(Failure) -> StepOutcome? {
        try steps.outcome.first(.integer(run), SQLValue(name)) { StepOutcome(&$0) }
    }

    func steps(
        run: Int64, after sequence: Int64?, status: StepStatus?, limit: Int, maxBytes: Int
    ) throws(Failure) -> Page<StepOutcome> {
        var values: [SQLValue] = [.integer(run), .integer(sequence ?? 0)]
        if let status { values.append(SQLValue(status.rawValue)) }
        return try stepPage(
            status == nil ? steps.page : steps.pageStatus, values, limit: limit, maxBytes: maxBytes)
    }

    /// Reads steps until `limit` of them or about `maxBytes` of outcomes; one at least, unless `limit` is none.
    func stepPage(
        _ statement: Statement, _ values: [SQLValue], limit: Int, maxBytes: Int
    ) throws(Failure) -> Page<StepOutcome> {
        var page = Page<StepOutcome>(items: [], hasMore: false)
        var bytes = 0
        try statement.each(values) { row in
            if page.items.count >= limit || (bytes >= maxBytes && !page.items.isEmpty) {
                page.hasMore = true
                return false
            }
            let outcome = StepOutcome(&row)
            bytes += outcome.bytes
            page.items.append(outcome)
            return true
        }
        return page
    }

    func stepCounts(run: Int64) throws(Failure) -> [(status: StepStatus, count: Int64)] {
        try steps.counts.all(.integer(run)) { (status: $0.status(), count: $0.integer()) }
    }

    func openSteps(run: Int64) throws(Failure) -> [StepRecord] {
        try steps.open.all(.integer(run)) { StepRecord(&$0) }
    }

    func steps(user: UInt32?, status: StepStatus, limit: Int) throws(Failure) -> [StepRecord] {
        try steps.byStatus.all(
            SQLValue(status.rawValue), SQLValue(user.map(Int64.init)), .integer(Int64(limit))
        ) {
            StepRecord(&$0)
        }
    }

    func steps(expiredAt now: Instant, limit: Int) throws(Failure) -> [StepRecord] {
        try steps.expired.all(SQLValue(now), .integer(Int64(limit))) { StepRecord(&$0) }
    }

    func nextStepDeadline() throws(Failure) -> Instant? {
        try steps.nextDeadline.first { $0.optionalInstant() } ?? nil
    }

    func compensations(run: Int64) throws(Failure) -> [String] {
        try steps.compensations.all(.integer(run)) { $0.string() }
    }

    func usage(run: Int64) throws(Failure) -> [(name: String, sum: Int64)] {
        try steps.usage.all(.integer(run)) { (name: $0.string(), sum: $0.integer()) }
    }

    func insertStep(_ outcome: StepOutcome, epoch: Int64) throws(Failure) {
        let identity: [SQLValue] = [.integer(outcome.step.run), .integer(epoch), SQLValue(outcome.step.name)]
        let sequence = try nextSequence()
        try requireOne(
            try steps.insert.change(
                identity + outcome.values(sequence: sequence) + [SQLValue(outcome.step.isCompensation)]))
        noteCompletion(outcome.step, sequence)
    }

    /// A completed step is its own entry of the journal.
    private func noteCompletion(_ step: StepRecord, _ sequence: Int64) {
        guard step.status == .completed, let finished = step.finished else { return }
        note(
            run: step.run, sequence, at: finished, kind: .stepCompleted, step: step.name,
            attempt: step.attempt,
            detail: nil)
    }

    func updateStep(_ outcome: StepOutcome, epoch: Int64) throws(Failure) {
        let identity: [SQLValue] = [.integer(outcome.step.run), .integer(epoch), .integer(outcome.step.key)]
        let sequence = outcome.step.status == .completed ? try nextSequence() : outcome.step.sequence
        try requireOne(try steps.update.change(identity + outcome.values(sequence: sequence)))
        noteCompletion(outcome.step, sequence)
    }

    func forgetFailedSteps(run: Int64, epoch: Int64, now: Instant) throws(Failure) -> [String] {
        try steps.forgetFailed.all(.integer(run), .integer(epoch), SQLValue(now)) { $0.string() }
    }
}

extension StepRecord {
    /// Reads the columns of `{step}` in their order.
    init(_ row: inout Row) {
        self.init(
            key: row.integer(), run: row.integer(), name: row.string(), now: Instant(milliseconds: 0),
            status: row.status())
        attempt = row.integer()
        failures = row.integer()
        fingerprint = row.optionalString()
        atMostOnce = row.bool()
        isInterrupted = row.bool()
        let (pid, start) = (row.optionalInteger(), row.optionalInteger())
        holder = pid.map { ProcessIdentity(pid: Int32(truncatingIfNeeded: $0), startTicks: start ?? 0) }
        retry = row.optionalPayload()
        timeouts = Timeouts(
            startToClose: row.optionalInteger(), scheduleToClose: row.optionalInteger(),
            heartbeat: row.optionalInteger())
        metadata = row.optionalPayload()
        usage = row.optionalPayload()
        firstBegun = row.instant()
        begun = row.instant()
        finished = row.optionalInstant()
        nextAttempt = row.optionalInstant()
        attemptDeadline = row.optionalInstant()
        deadlineKind = row.optionalString()
        hasHold = row.bool()
        executor = row.optionalString().flatMap(StepExecutor.init(rawValue:))
        isCompensation = row.bool()
        sequence = row.integer()
    }
}

extension StepOutcome {
    /// The mutable columns, in the order in which `step_insert` and `step_update`
    /// take them after the identity.
    fileprivate func values(sequence: Int64) -> [SQLValue] {
        [
            SQLValue(step.status.rawValue), .integer(step.attempt), .integer(step.failures),
            SQLValue(step.fingerprint), SQLValue(step.atMostOnce), SQLValue(step.isInterrupted),
            SQLValue(step.holder.map { Int64($0.pid) }),
            SQLValue(step.holder?.startTicks), SQLValue(step.retry), SQLValue(step.timeouts.startToClose),
            SQLValue(step.timeouts.scheduleToClose), SQLValue(step.timeouts.heartbeat),
            SQLValue(step.metadata),
            SQLValue(step.usage), SQLValue(step.firstBegun), SQLValue(step.begun), SQLValue(step.finished),
            SQLValue(step.nextAttempt), SQLValue(step.attemptDeadline), SQLValue(step.deadlineKind),
            .integer(sequence), SQLValue(output), SQLValue(error), SQLValue(step.hasHold),
            SQLValue(step.executor?.rawValue),
        ]
    }

    /// Reads the columns of `{step}, output, error`.
    init(_ row: inout Row) {
        self.init(step: StepRecord(&row), output: row.optionalPayload(), error: row.optionalPayload())
    }
}
