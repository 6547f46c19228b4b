import SidestepModel
import SidestepProtocol

extension ImportLine {
    /// The run as it will stand here: nobody owns it.
    func run(key: Int64, id: String, user: UserID) throws -> RunRecord {
        let status: RunStatus = try word("status")
        var run = RunRecord(
            key: key, id: id, userID: user, generation: max(1, try count("generation")), uid: try name("uid"),
            workflow: try name("workflow"), now: try instant("created_at"),
            status: status.isClosed || status == .paused ? status : .queued)
        if run.uid.contains("/") { throw broken("has a `uid` with a slash") }
        run.reason = status == .paused ? try word("reason", PauseReason.self) : nil
        run.attempt = try count("attempt")
        run.interruptions = try count("interruptions")
        run.maxInterruptions = try count("max_interruptions")
        run.epoch = try count("epoch")
        run.codeVersion = try optionalName("code_version")
        run.refusesMismatch = flag("refuses_mismatch")
        run.retry = payload("retry")
        run.metadata = payload("metadata")
        run.deadline = status.isClosed ? nil : try optionalInstant("deadline_at")
        run.updated = try instant("updated_at")
        run.closed = status.isClosed ? try optionalInstant("closed_at") ?? run.updated : nil
        run.placement = try placement()
        // A run that waited for something looks at it anew.
        if !status.isClosed, status != .waiting { run.nextAttempt = try optionalInstant("next_attempt_at") }
        run.compensates = flag("compensates")
        run.cancellation = try cancellation()
        run.ownedMilliseconds = try span("owned_ms") ?? 0
        run.isExhausted = flag("exhausted")
        run.traceparent = try optionalName("traceparent").flatMap(TraceContext.init)?.text
        return run
    }

    private func placement() throws -> Placement {
        var placement = Placement()
        placement.queue = try optionalName("queue") ?? Placement.defaultQueue
        placement.priority = try number("priority", in: -1_000_000_000...1_000_000_000, absent: 0)
        placement.concurrencyKey = try optionalName("concurrency_key")
        placement.dedupKey = try optionalName("dedup_key")
        placement.pinnedVersion = try optionalName("pinned_version")
        placement.startDeadline = try optionalInstant("start_deadline_at")
        placement.startsOnDate = flag("starts_on_date")
        return placement
    }

    private func cancellation() throws -> Cancellation? {
        guard let requested = try optionalInstant("cancel_requested_at") else { return nil }
        return Cancellation(
            requested: requested, final: try instant("cancel_at"), reason: try text("cancel_reason"))
    }

    /// What the run was forked from; nil for one that is no fork.
    func lineage() throws -> Lineage? {
        guard let from = present("forked_from") else { return nil }
        let line = ImportLine(from, number: number)
        let point: ForkPoint =
            try line.optionalName("step").map(ForkPoint.step)
            ?? line.optionalName("checkpoint").map(ForkPoint.checkpoint)
            ?? line.optionalNumber("recording", in: 1...1_000_000_000).map(ForkPoint.recording)
            ?? (line.flag("from_failed") ? .failed : .end)
        return Lineage(source: try line.name("run"), generation: try line.count("generation"), point: point)
    }

    /// The step as it will stand here: its process is not, so a running one was lost, and nobody waits in an open wait.
    func step(run: Int64, now: Instant) throws -> StepOutcome {
        let step = try recordedStep(run: run)
        let here =
            switch step.status {
            case .running: step.after(step.atMostOnce ? .lostAtMostOnce : .interrupted, at: now)
            case .waiting: step.after(.waitGivenUp, at: now)
            case .unknown where !step.atMostOnce: throw broken("is unknown but not `at_most_once`")
            case .unknown, .backoff, .completed, .failed: Optional(step)
            }
        guard let here else { throw broken("cannot be taken in") }
        return StepOutcome(step: here, output: payload("output"), error: payload("error"))
    }

    /// The step as it stood where it was exported.
    private func recordedStep(run: Int64) throws -> StepRecord {
        var step = StepRecord(
            run: run, name: try name("step"), now: try instant("first_begun_at"), status: try word("status"))
        step.attempt = max(1, try count("attempt"))
        step.failures = try count("failures", absent: 0)
        step.fingerprint = try text("fingerprint")
        step.atMostOnce = flag("at_most_once")
        step.isInterrupted = flag("interrupted")
        step.isCompensation = flag("compensation")
        step.retry = payload("retry")
        step.timeouts = Timeouts(
            startToClose: try span("start_to_close_ms"), scheduleToClose: try span("schedule_to_close_ms"),
            heartbeat: try span("heartbeat_ms"))
        step.metadata = payload("metadata")
        step.usage = payload("usage")
        step.begun = try instant("begun_at")
        let finished = try optionalInstant("finished_at")
        step.finished = step.status.isFinished ? finished ?? step.begun : nil
        step.nextAttempt = try optionalInstant("next_attempt_at")
        return step
    }

    private func span(_ key: String) throws -> Int64? { try optionalNumber(key, in: 0...3_155_760_000_000) }
}
