import SidestepModel
import SidestepStore

struct StepStatements {
    let byName, outcome, page, pageCompleted, pageFailed, pageOpen, span, counts, open, byStatus: Statement
    let expired, nextDeadline, usage, compensations: Statement
    let insert, add, update: RecordStatement<StepOutcome>
    let forgetFailed: Statement

    init(_ connection: Connection, _ library: StatementLibrary) throws(Failure) {
        func block(_ name: String) throws(Failure) -> Statement { try library.prepare(name, on: connection) }
        byName = try block("step_by_name")
        outcome = try block("step_outcome")
        page = try block("step_page")
        pageCompleted = try block("step_page_completed")
        pageFailed = try block("step_page_failed")
        pageOpen = try block("step_page_open")
        span = try block("step_span")
        counts = try block("step_counts")
        open = try block("step_open")
        byStatus = try block("step_by_status")
        expired = try block("step_expired")
        nextDeadline = try block("step_next_deadline")
        usage = try block("step_usage")
        compensations = try block("step_compensations")
        insert = try RecordStatement(try block("step_insert"))
        add = try RecordStatement(try block("step_add"))
        update = try RecordStatement(try block("step_update"))
        forgetFailed = try block("step_forget_failed")
    }
}

extension SQLiteSession {
    func step(run: Int64, name: String) throws(Failure) -> StepRecord? {
        try steps.byName.first(run, name) { StepRecord(&$0) }
    }

    func stepOutcome(run: Int64, name: String) throws(Failure) -> StepOutcome? {
        try steps.outcome.first(run, name) { StepOutcome(&$0) }
    }

    func steps(
        run: Int64, after sequence: Int64?, status: StepStatus?, limit: Int, maxBytes: Int
    ) throws(Failure) -> Page<StepOutcome> {
        try stepPage(limit: limit, maxBytes: maxBytes) { take throws(Failure) in
            switch status {
            case nil: try steps.page.each(run, sequence ?? 0, body: take)
            case .completed: try steps.pageCompleted.each(run, sequence ?? 0, body: take)
            case .failed: try steps.pageFailed.each(run, sequence ?? 0, body: take)
            case .some(let open): try steps.pageOpen.each(run, sequence ?? 0, open, body: take)
            }
        }
    }

    /// Takes steps until `limit` of them or about `maxBytes` of outcomes; one at least, unless `limit` is none.
    func stepPage(
        limit: Int, maxBytes: Int, from rows: ((inout Row) -> Bool) throws(Failure) -> Void
    ) throws(Failure) -> Page<StepOutcome> {
        var page = Page<StepOutcome>(items: [], hasMore: false)
        var bytes = 0
        try rows { row in
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

    func stepSpan(run: Int64, from sequence: Int64) throws(Failure) -> StepSpan? {
        try steps.span.first(run, sequence) {
            StepSpan(
                sequence: $0.integer(), name: $0.string(), status: $0.status(), firstBegun: $0.instant(),
                begun: $0.instant(), finished: $0.instant())
        }
    }

    func stepCounts(run: Int64) throws(Failure) -> [(status: StepStatus, count: Int64)] {
        try steps.counts.all(run) { (status: $0.status(), count: $0.integer()) }.filter { $0.count > 0 }
    }

    func openSteps(run: Int64) throws(Failure) -> [StepRecord] {
        try steps.open.all(run) { StepRecord(&$0) }
    }

    func steps(user: UserID?, status: StepStatus, limit: Int) throws(Failure) -> [StepRecord] {
        try steps.byStatus.all(
            status.rawValue, user.map(Int64.init), Int64(limit)
        ) {
            StepRecord(&$0)
        }
    }

    func steps(expiredAt now: Instant, limit: Int) throws(Failure) -> [StepRecord] {
        try steps.expired.all(now, Int64(limit)) { StepRecord(&$0) }
    }

    func nextStepDeadline() throws(Failure) -> Instant? {
        try steps.nextDeadline.first { $0.optionalInstant() } ?? nil
    }

    func compensations(run: Int64) throws(Failure) -> [String] {
        try steps.compensations.all(run) { $0.string() }
    }

    func usage(run: Int64) throws(Failure) -> [(name: String, sum: Int64)] {
        try steps.usage.all(run) { (name: $0.string(), sum: $0.integer()) }
    }

    func insertStep(_ outcome: StepOutcome, epoch: Int64) throws(Failure) {
        try requireOne(try add(outcome, epoch, by: steps.insert))
    }

    func addStep(_ outcome: StepOutcome, epoch: Int64) throws(Failure) -> Bool {
        try add(outcome, epoch, by: steps.add) == 1
    }

    private func add(
        _ outcome: StepOutcome, _ epoch: Int64, by statement: RecordStatement<StepOutcome>
    ) throws(Failure) -> Int {
        var written = outcome
        written.step.sequence = try nextSequence()
        let changes = try statement.write(&written, expecting: epoch)
        if changes == 1 { noteCompletion(written.step) }
        return changes
    }

    /// A completed step is its own entry of the journal.
    private func noteCompletion(_ step: StepRecord) {
        guard step.status == .completed, let finished = step.finished else { return }
        note(
            run: step.run, step.sequence, at: finished, kind: .stepCompleted, step: step.name,
            attempt: step.attempt, detail: nil)
    }

    func updateStep(_ outcome: StepOutcome, epoch: Int64) throws(Failure) {
        var written = outcome
        if written.step.status == .completed { written.step.sequence = try nextSequence() }
        try requireOne(try steps.update.write(&written, expecting: epoch))
        noteCompletion(written.step)
    }

    func forgetFailedSteps(run: Int64, epoch: Int64, now: Instant) throws(Failure) -> [String] {
        try steps.forgetFailed.all(run, epoch, now) { $0.string() }
    }
}
