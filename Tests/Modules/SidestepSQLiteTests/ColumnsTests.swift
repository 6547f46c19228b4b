import SidestepModel
import SidestepStore
import TestSupport
import Testing

@testable import SidestepSQLite

/// What a record is called in its table: written and read by name, from one list.
@Suite struct ColumnsTests {
    @Test("a step comes out of the database as it went in, with a value in each column")
    func steps() throws {
        try withRun(epoch: 7) { session, run throws in
            try session.insertStep(fullStep(run), epoch: 7)
            let read = try #require(try session.stepOutcome(run: run, name: "s"))
            var written = fullStep(run)
            (written.step.key, written.step.sequence) = (read.step.key, read.step.sequence)
            #expect(read == written)
            #expect(try empty(in: "step", session).isEmpty)
        }
    }

    @Test("a changed step is written whole, but for what never changes")
    func changedSteps() throws {
        try withRun(epoch: 7) { session, run throws in
            let bare = StepRecord(run: run, name: "s", now: Instant(milliseconds: 1))
            try session.insertStep(StepOutcome(step: bare, output: nil, error: nil), epoch: 7)
            var changed = fullStep(run)
            changed.step.key = try #require(try session.step(run: run, name: "s")).key
            try session.updateStep(changed, epoch: 7)
            let read = try #require(try session.stepOutcome(run: run, name: "s"))
            changed.step.sequence = read.step.sequence
            changed.step.isCompensation = false
            #expect(read == changed)
        }
    }

    @Test("a held run comes out of the database as it went in, and so does one that waits for a person")
    func runs() throws {
        try withRun(epoch: 7) { session, other throws in
            var run = fullRun(parent: other)
            run.key = try session.insertRun(run, input: Payload(text: "1"))
            #expect(try session.run(key: run.key) == run)
            try session.setOrigin(of: run.key, RunOrigin(run: other, sequence: 3))
            run.origin = RunOrigin(run: other, sequence: 3)
            #expect(try session.run(key: run.key) == run)
            #expect(
                try empty(in: "run WHERE key = \(run.key)", session) == ["reason", "closed_at", "removal"])
            run.lease = nil
            run.stored(as: .paused)
            run.reason = .operator
            try session.updateRun(run, expecting: 7)
            #expect(try session.run(key: run.key) == run)
        }
    }

    @Test("a schedule and a webhook come out of the database as they went in")
    func schedulesAndWebhooks() throws {
        try withRun(epoch: 7) { session, _ throws in
            var schedule = fullSchedule()
            schedule.key = try session.insertSchedule(schedule)
            #expect(try session.schedule(key: schedule.key) == schedule)
            #expect(try empty(in: "schedule", session) == ["every_ms"], "it has a cron rule")
            #expect(try session.nextScheduleTime() == schedule.nextDue.map(schedule.start(of:)))
            schedule.isPaused = true
            try session.updateSchedule(schedule)
            #expect(try session.schedule(key: schedule.key) == schedule)
            #expect(try session.nextScheduleTime() == nil)
            var webhook = fullWebhook()
            webhook.key = try session.insertWebhook(webhook)
            #expect(try session.webhook(key: webhook.key) == webhook)
            #expect(try empty(in: "webhook", session).isEmpty)
        }
    }

    @Test("a recording comes out of the database as it went in, and a changed one but for what never changes")
    func recordings() throws {
        try withRun(epoch: 7) { session, run throws in
            var recording = fullRecording(
                run, block: try session.keepRecordingBlock([1], user: 1, secret: [1]))
            recording.key = try session.insertRecording(recording, epoch: 7)
            #expect(try session.recording(run: run, number: 2) == recording)
            #expect(try empty(in: "recording", session).isEmpty)
            var begun = RecordingRecord(
                run: run, number: 3, call: "d", recorder: "r", epoch: 7, request: recording.request,
                now: at(1))
            begun.key = try session.insertRecording(begun, epoch: 7)
            var ended = recording
            (ended.key, ended.number, ended.call) = (begun.key, begun.number, begun.call)
            try session.endRecording(ended, from: .started)
            let read = try #require(try session.recording(run: run, number: 3))
            (ended.recorder, ended.epoch, ended.body) = (begun.recorder, begun.epoch, nil)
            ended.started = begun.started
            #expect(read == ended)
        }
    }

    private func fullRecording(_ run: Int64, block: Int64) -> RecordingRecord {
        var asked = RecordedRequest(upstream: "u", httpMethod: "POST", path: "/p", keys: Payload(text: "[1]"))
        (asked.model, asked.isStream, asked.toolRefs) = ("m", true, Payload(text: "[2]"))
        asked.sealed = "s"
        var recording = RecordingRecord(
            run: run, number: 2, call: "c", recorder: "q", epoch: 3, request: asked, now: at(4))
        var body = RequestBody(bytes: 5)
        (body.base, body.shared, body.depth) = (6, 7, 8)
        recording.body = body
        recording.response.status = 200
        (recording.response.headers, recording.response.contentType) = (Payload(text: "[3]"), "t")
        (recording.response.block, recording.response.bytes) = (block, 1)
        (recording.response.splits, recording.response.toolIDs) = (Payload(text: "[4]"), Payload(text: "[5]"))
        recording.response.pauses = Payload(text: "[6, 7]")
        (recording.response.finish, recording.response.firstByteMilliseconds) = ("stop", 9)
        recording.response.durationMilliseconds = 10
        (recording.reserved, recording.usage) = (Payload(text: "{}"), Payload(text: "{}"))
        (recording.usageSource, recording.tries, recording.message) = (.estimated, 11, "why")
        (recording.sequence, recording.number) = (12, 2)
        recording.forgotten = at(14)
        recording.stored(as: .completed, ended: at(13))
        return recording
    }

    @Test(
        "a table has no column that its record does not name, but for those that have statements of their own"
    )
    func columnsOfTables() throws {
        try withRun(epoch: 7) { session, _ throws in
            let records: [any Stored.Type] = [
                StepOutcome.self, RunRecord.self, ScheduleRecord.self, WebhookRecord.self,
                RecordingRecord.self,
            ]
            for record in records {
                let sql = "SELECT name FROM pragma_table_info('\(record.table)')"
                let there = try Statement(session.connection, name: "columns", sql: sql).all { $0.string() }
                let apart: Set = record.table == "run" ? ["removal", "timed"] : []
                #expect(Set(there) == Set(record.columns.map(\.name)).union(apart))
            }
        }
    }

    /// The columns of a row that hold nothing.
    private func empty(in rows: String, _ session: SQLiteSession) throws -> [String] {
        let table = rows.prefix { $0 != " " }
        let names = try Statement(
            session.connection, name: "columns", sql: "SELECT name FROM pragma_table_info('\(table)')"
        ).all { $0.string() }
        return try names.filter { name in
            let condition = "\(rows.contains("WHERE") ? "AND" : "WHERE") \(name) IS NULL"
            return try Statement(session.connection, name: "empty", sql: "SELECT 1 FROM \(rows) \(condition)")
                .hasRow()
        }
    }

    private func at(_ milliseconds: Int64) -> Instant { Instant(milliseconds: milliseconds) }

    private func fullStep(_ run: Int64) -> StepOutcome {
        var step = StepRecord(run: run, name: "s", now: at(1))
        step.stored(as: .completed)
        (step.attempt, step.failures) = (2, 3)
        step.fingerprint = "print"
        (step.atMostOnce, step.isInterrupted) = (true, true)
        step.holder = ProcessIdentity(pid: 4, startTicks: 5)
        step.retry = Payload(text: "6")
        step.timeouts = Timeouts(startToClose: 7, scheduleToClose: 8, heartbeat: 9)
        (step.metadata, step.usage) = (Payload(text: "10"), Payload(text: "11"))
        (step.firstBegun, step.begun, step.finished) = (at(12), at(13), at(14))
        (step.nextAttempt, step.attemptDeadline, step.deadlineKind) = (at(15), at(16), "heartbeat")
        (step.hasHold, step.executor, step.isCompensation) = (true, .http, true)
        return StepOutcome(step: step, output: Payload(text: "17"), error: Payload(text: "18"))
    }

    private func fullRun(parent: Int64) -> RunRecord {
        var run = RunRecord(
            key: 0, id: "full", userID: 2, generation: 3, uid: "uid", workflow: "flow", now: at(4))
        run.stored(as: .running)
        (run.attempt, run.interruptions, run.maxInterruptions, run.epoch) = (5, 6, 8, 7)
        (run.codeVersion, run.refusesMismatch) = ("v", false)
        (run.retry, run.metadata) = (Payload(text: "9"), Payload(text: "10"))
        (run.deadline, run.nextAttempt, run.head) = (at(11), at(12), 13)
        run.updated = at(14)
        run.placement.queue = "queue"
        run.placement.priority = 15
        run.placement.concurrencyKey = "key"
        run.placement.dedupKey = "dedup"
        run.placement.pinnedVersion = "pinned"
        run.placement.startDeadline = at(16)
        run.placement.startsOnDate = true
        run.parent = parent
        (run.isDetached, run.compensates, run.isExhausted) = (true, true, true)
        run.cancellation = Cancellation(requested: at(17), final: at(18), reason: "why")
        run.ownedMilliseconds = 19
        run.traceparent = "28"
        run.secretHash = [20]
        let owner = Owner(
            kind: .ttl, process: ProcessIdentity(pid: 21, startTicks: 22), uid: 23, since: at(24))
        run.lease = HeldLease(owner: owner, session: 25, expires: at(26), boot: "boot", grantedSequence: 27)
        return run
    }

    private func fullSchedule() -> ScheduleRecord {
        var schedule = ScheduleRecord(key: 0, name: "n", userID: 1, workflow: "w", now: at(2))
        (schedule.cron, schedule.timeZone) = ("* * * * *", "Europe/Rome")
        schedule.overlap = Overlap.allCases.last!
        (schedule.catchUpMilliseconds, schedule.jitterMilliseconds) = (4, 5)
        (schedule.start, schedule.end, schedule.problem) = (at(6), at(7), "problem")
        schedule.template.input = Payload(text: "8")
        (schedule.template.queue, schedule.template.priority) = ("q", 9)
        (schedule.template.tags, schedule.template.metadata) = (Payload(text: "{}"), Payload(text: "[]"))
        (schedule.template.retry, schedule.template.codeVersion) = (Payload(text: "10"), "v")
        schedule.template.budget = Payload(text: "11")
        schedule.updated = at(12)
        (schedule.nextDue, schedule.waitingDue, schedule.lastDue) = (at(13), at(14), at(15))
        (schedule.lastRun, schedule.fired, schedule.skipped, schedule.missed) = (16, 17, 18, 19)
        return schedule
    }

    private func fullWebhook() -> WebhookRecord {
        var webhook = WebhookRecord(
            key: 0, name: "n", userID: 1, url: "http://h", events: [NamePattern("a"), NamePattern("b.*")],
            now: at(2))
        (webhook.secret, webhook.headers) = ("s", Payload(text: "{}"))
        (webhook.isPaused, webhook.maxAttempts, webhook.updated) = (true, 3, at(4))
        return webhook
    }
}
