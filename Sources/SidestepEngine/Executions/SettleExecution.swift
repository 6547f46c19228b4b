import SidestepModel
import SidestepProtocol
import SidestepStore

/// Records how an attempt of the daemon ended. It needs no lease: the daemon itself executed the step,
/// whoever owns the run now.
struct SettleExecution: Command {
    let step: Int64
    let attempt: Int64
    let outcome: TaskOutcome

    func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws {
        // Another attempt may count by now, or the run may be closed.
        guard let (_, known) = try store.execution(step: step), known.status == .running,
            known.attempt == attempt, let run = try store.run(key: known.run)
        else { return }
        switch outcome {
        case .stopped, .lost: return
        case .completed(let output): try complete(known, output, run, store, &call)
        case .failed(let error, let cause): try fail(known, error, cause, run, store, &call)
        }
    }

    private func complete(
        _ known: StepRecord, _ output: Payload, _ run: RunRecord, _ store: any StoreTransaction,
        _ call: inout CallContext
    ) throws {
        guard let done = known.after(.completed, at: call.now) else { return }
        try store.save(StepOutcome(step: done, output: output, error: nil), of: run)
        try store.deleteExecution(step: step)
        call.after(.changed(.step(run.key, known.name)))
        let isExceeded = try store.settle(known, of: run, .completed, usage: nil, &call)
        if run.status == .running, isExceeded || run.isExhausted { try store.exhaust(run, &call) }
    }

    private func fail(
        _ known: StepRecord, _ error: Payload, _ cause: AttemptError, _ run: RunRecord,
        _ store: any StoreTransaction, _ call: inout CallContext
    ) throws {
        let end = AttemptEnd.failed(retryable: cause.retryable)
        let isExceeded = try store.settle(known, of: run, end, usage: nil, &call)
        _ = try store.fail(known, of: run, error, cause, .stepAttemptFailed, &call)
        if run.status == .running, isExceeded || run.isExhausted { try store.exhaust(run, &call) }
    }
}

/// Notes the process that executes a step, for the daemon that comes after this one.
struct NoteExecution: Command {
    let step: Int64
    let attempt: Int64
    let process: ProcessIdentity

    func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws {
        guard let (_, known) = try store.execution(step: step), known.attempt == attempt else { return }
        try store.executionStarted(step: step, process: process, boot: call.environment.boot)
    }
}

/// The daemon that executed the step is gone, or lost sight of it: the next attempt begins, or nobody knows
/// what this one did.
struct LoseExecution: Command {
    let step: Int64
    let attempt: Int64

    func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws {
        guard let (_, known) = try store.execution(step: step), known.attempt == attempt,
            let run = try store.run(key: known.run)
        else { return }
        try store.lose(known, of: run, &call)
    }
}

/// Begins the next attempt of a step that the daemon executes.
struct RepeatExecution: Command {
    var space: SpaceUse { .grows }
    let step: Int64

    func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws {
        guard let (execution, known) = try store.execution(step: step), known.status == .backoff,
            let run = try store.run(key: known.run), !run.status.isClosed, run.status != .paused
        else { return }
        let begin = BeginStep(again: known, execution)
        do {
            let begun = try begin.affordable(known, run, store, &call)
            var fresh = execution
            fresh.token = Identifiers.execution(random: call.environment.random)
            try store.saveExecution(fresh, run: run.key, epoch: run.epoch)
            call.after(.execute(Execution(begun, of: run, weight: execution.weight)))
        } catch let refusal as Failure where refusal.kind == .circuitOpen {
            try postpone(known, refusal, run, store, &call)
        } catch let refusal as Failure where refusal.kind == .invalidArgument {
            let error = detail { writer in
                writer.member("type", refusal.kind.rawValue)
                writer.member("message", refusal.message)
            }
            _ = try store.fail(
                known, of: run, error, AttemptError(retryable: false), .stepAttemptFailed, &call)
        }
    }

    /// The breaker is open: the attempt waits for its probe.
    private func postpone(
        _ known: StepRecord, _ refusal: Failure, _ run: RunRecord, _ store: any StoreTransaction,
        _ call: inout CallContext
    ) throws {
        var later = known
        let next = call.now.advanced(byMilliseconds: max(100, refusal.retryAfterMilliseconds ?? 1000))
        later.nextAttempt = next
        let error = try store.stepOutcome(run: run.key, name: known.name)?.error
        try store.updateStep(StepOutcome(step: later, output: nil, error: error), epoch: run.epoch)
        call.after(.executionDue(next))
    }
}

extension StoreTransaction {
    /// The daemon does nothing more for the step.
    func dropExecution(_ step: StepRecord, _ call: inout CallContext) throws {
        try deleteExecution(step: step.key)
        call.after(.stopExecution(step.key))
    }

    /// Ends what the daemon does for a run that closes; whoever opens it again asks anew.
    func stopExecutions(of run: RunRecord, _ call: inout CallContext) throws {
        for step in try openSteps(run: run.key) where step.executor != nil {
            if step.status == .running { try lose(step, of: run, &call) }
            guard var left = try self.step(run: run.key, name: step.name), left.executor != nil else {
                continue
            }
            left.executor = nil
            let error = try stepOutcome(run: run.key, name: step.name)?.error
            try updateStep(StepOutcome(step: left, output: nil, error: error), epoch: run.epoch)
            try dropExecution(left, &call)
        }
    }
}
