import FoundationEssentials
import SidestepProtocol
import Synchronization

/// One step of a run from its first attempt to its recorded end.
struct StepExecution: Sendable {
    let run: Run
    /// The step's name in the journal.
    let step: String
    /// Its name for the outside world.
    let key: String
    let options: StepOptions
    let body: @Sendable () async throws -> RawJSON

    /// The step's output, from the journal or from the body.
    func run() async throws -> RawJSON {
        try run.checkOpen(for: purpose)
        let record = try recorded()
        if case .output(let output) = record { return output }
        try run.checkRecorded(step)
        return try await run.presence.execute({ try run.checkOpen(for: purpose) }) {
            try await execute(isBegun: record == .begun)
        }
    }

    private func execute(isBegun: Bool) async throws -> RawJSON {
        var next = isBegun ? try await beginAsRequest() : try await begin()
        while case .execute(let attempt) = next {
            if attempt.delay > .zero { try await Task.sleep(for: attempt.delay) }
            next = try await makeAttempt(attempt)
        }
        guard case .completed(let output) = next else {
            preconditionFailure("an attempt ends completed or throws")
        }
        note(.completed, output)
        return output
    }

    private var purpose: Run.Purpose { options.isCompensation ? .ending : .work }

    // MARK: - The journal

    private enum Recorded: Equatable {
        case new
        /// An attempt was begun by an earlier process; only the daemon knows whether it may be made again,
        /// and when.
        case begun
        case output(RawJSON)
    }

    private func recorded() throws -> Recorded {
        guard let record = run.journal.withLock({ $0[step] }) else { return .new }
        switch record.status {
        // With a fingerprint the daemon must compare.
        case .completed where options.fingerprint == nil: return .output(record.payload ?? .null)
        case .failed where options.fingerprint == nil: throw failed(record.payload)
        default: return .begun
        }
    }

    private func note(_ status: StepRecord.Status, _ payload: RawJSON?) {
        let record = StepRecord(
            step: step, status: status, fingerprint: options.fingerprint, payload: payload)
        run.journal.withLock { $0.note(record) }
    }

    /// What is thrown for a step that failed for good: made from the record, at the first execution as well.
    private func failed(_ failure: RawJSON?) -> any Error {
        let recorded = RecordedError(failure ?? .null)
        if let own = recorded.thrown(run.client.payloads) { return own }
        var error = SidestepError(.stepFailed, recorded.message, run: run.id, step: step)
        error.failure = failure
        error.cause = recorded
        return error
    }

    // MARK: - Attempts

    /// Begins without waiting where losing the message does no harm: the body may run more than once anyway.
    private func begin(attempt ordinal: Int = 1) async throws -> StepBegin {
        // With a time-out the attempt's number must be known: the daemon's clock may end it before ours does.
        if options.needsAnswer { return try await beginAsRequest() }
        try run.checkOpen()
        let begin = run.client.connection.begin { [run, step, options] in
            run.params { options.write(step, to: &$0) }
        }
        return .execute(StepAttempt(held: (begin, Date.now.milliseconds), ordinal: ordinal))
    }

    /// When the body began, if that was not told: the end of the step says so, unless the begin says more.
    private func untold(_ attempt: StepAttempt) -> Int? {
        guard let held = attempt.held, options.retry == nil else { return nil }
        return run.client.connection.withdraw(held.begin) ? held.at : nil
    }

    /// Whether the end of the step may go out before the begins of others: not before that of a step around it.
    private var overtakes: Bool { options.retry == nil && !step.utf8.contains(UInt8(ascii: "/")) }

    private func beginAsRequest() async throws -> StepBegin {
        do {
            // It may wait for another process that runs the step; such a wait can be cancelled.
            return try StepBegin(
                try await run.call("step.begin", for: purpose, isShielded: false) {
                    options.write(step, to: &$0)
                })
        } catch let error as SidestepError where error.kind == .stepFailed {
            note(.failed, error.failure)
            throw failed(error.failure)
        }
    }

    /// Runs the body once and records what came of it.
    private func makeAttempt(_ attempt: StepAttempt) async throws -> StepBegin {
        let output: RawJSON
        let context = StepContext(
            name: step, attempt: Int64(attempt.number ?? attempt.ordinal), key: key, run: run)
        run.journal.withLock { $0.forget(within: step) }
        try interrupt(.beforeBody)
        do {
            output = try await executeBody(context)
        } catch {
            return try await recordFailure(error, attempt.number)
        }
        try interrupt(.afterBody)
        do {
            // What has happened is recorded, also when the run was asked to end meanwhile.
            let began = untold(attempt)
            try await run.call("step.complete", for: .ending, endsStep: overtakes) { writer in
                writer.member("step", step)
                writer.member("output", output)
                writer.member("attempt", attempt.number)
                writer.member("started_at", began)
                writer.member("fingerprint", options.fingerprint)
                writer.member("usage", context.usage?.json)
            }
            return .completed(output)
        } catch let error as SidestepError where error.kind == .attemptSuperseded {
            return try await beginAsRequest()
        } catch let error as SidestepError where error.kind == .stepConflict {
            // Somebody recorded it first; at most one result is ever recorded, and it is that one.
            return .completed(error.output ?? .null)
        }
    }

    /// Lets a test end this client here.
    private func interrupt(_ moment: StepMoment) throws {
        guard let interruption = run.client.configuration.interruption else { return }
        do { try interruption(step, moment) } catch {
            run.end(error)
            run.client.close()
            throw error
        }
    }

    private func activity(_ context: StepContext) -> Activity {
        let headers = context.traceparent.map { ["traceparent": $0] } ?? [:]
        return Activity(kind: .step, name: step, run: run.id, headers: headers)
    }

    private func executeBody(_ context: StepContext) async throws -> RawJSON {
        try await run.client.configuration.observed(activity(context)) {
            try await StepContext.$current.withValue(context) {
                guard let timeout = options.timeout else { return try await context.execute(body) }
                return try await Deadline.run(timeout) { try await context.execute(body) }
            }
        }
    }

    private func recordFailure(_ error: any Error, _ attempt: Int?) async throws -> StepBegin {
        if let ended = run.ended, !options.isCompensation { throw ended }
        if isNoVerdict(error) { throw error }
        let failure = Failure(error, run.client.payloads)
        do {
            let result = try await run.call("step.fail", for: .ending) { writer in
                writer.member("step", step)
                writer.member("attempt", attempt)
                writer.member("retry", options.retry?.json)
                writer.member("fingerprint", options.fingerprint)
                failure.write(to: &writer)
            }
            return try await retry(RetryAnswer(result), failure, error)
        } catch let superseded as SidestepError where superseded.kind == .attemptSuperseded {
            // The daemon's own clock ended this attempt first.
            return try await beginAsRequest()
        }
    }

    /// Errors that say nothing about this step: it was stopped, or a step inside it waits for somebody to
    /// act.
    private func isNoVerdict(_ error: any Error) -> Bool {
        if error is CancellationError { return Task.isCancelled }
        guard let error = error as? SidestepError, error.run == run.id else { return false }
        return error.kind == .stepUnknown || error.kind == .stepMismatch
    }

    private func retry(_ answer: RetryAnswer, _ failure: Failure, _ error: any Error) async throws
        -> StepBegin
    {
        let text = answer.retry ? "an attempt failed, and is made again" : "the step has failed for good"
        run.client.configuration.log(LogMessage(.notice, text, run: run.id, step: step, error: error))
        guard answer.retry else {
            note(.failed, failure.error)
            throw failed(failure.error)
        }
        try await Task.sleep(for: answer.delay)
        return try await begin(attempt: answer.attempt ?? 1)
    }
}

/// Bodies with a time limit.
enum Deadline {
    /// The body's value, or `AttemptTimeout` when it takes longer; its task is cancelled then.
    static func run(
        _ limit: Duration, _ body: @escaping @Sendable () async throws -> RawJSON
    ) async throws -> RawJSON {
        try await withThrowingTaskGroup(of: RawJSON.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await Task.sleep(for: limit)
                throw AttemptTimeout(limit: limit)
            }
            defer { group.cancelAll() }
            return try await group.next()!
        }
    }
}
