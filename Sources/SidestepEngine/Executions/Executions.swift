import SidestepModel
import SidestepStore

/// An attempt that is to be executed.
public struct Execution: Sendable {
    let step: Int64
    let attempt: Int64
    let executor: StepExecutor
    let user: UserKey
    let weight: Int64

    init(_ step: StepRecord, of run: RunRecord, weight: Int64) {
        self.step = step.key
        user = UserKey(run.userID)
        attempt = step.attempt
        executor = step.executor ?? .exec
        self.weight = weight
    }
}

/// Has the steps executed that the daemon does itself: so many at once, the others in their order.
///
/// What is to be done stands in the database; this holds only what is under way and the numbers of what
/// waits.
/// Unchecked: all state is touched on the loop.
public final class Executions: @unchecked Sendable {
    /// Attempts of one kind under way at once, and the bytes that they may need together.
    static let ofUser = Slots.Bounds(count: 128, bytes: 256 << 20)
    static let ofAll = Slots.Bounds(count: 192, bytes: 384 << 20)
    /// Due attempts begun with one look.
    static let batch = 1000

    private struct UnderWay {
        var execution: Execution
        /// nil while what it does is being read.
        var token: String?
        var isStopped = false
    }

    private let coordinator: Coordinator
    private let executor: any StepExecuting
    private var waiting: [StepExecutor: FairQueue<Execution>] = [:]
    private var slots = [StepExecutor: Slots](
        uniqueKeysWithValues: StepExecutor.allCases.map { ($0, Slots(ofUser: ofUser, ofAll: ofAll)) })
    private var underWay: [Int64: UnderWay] = [:]
    /// Attempts that wait until the one before them, which was stopped, has ended.
    private var behind: [Int64: Execution] = [:]
    /// Steps whose next attempt is being begun.
    private var repeating: Set<Int64> = []
    private var timer: (at: Instant, timer: any LoopTimer)?
    private var isStopped = false

    /// Made once by the daemon and put where commits find it: `Coordinator.executions`.
    public init(coordinator: Coordinator, executor: any StepExecuting) {
        self.coordinator = coordinator
        self.executor = executor
    }

    /// Begins nothing more and ends what is under way; the next start takes it up again.
    public func stop() {
        isStopped = true
        for step in underWay.keys { end(step) }
    }

    /// Whether nothing is under way.
    public var isIdle: Bool { underWay.isEmpty }

    // MARK: What commits bring about

    func begin(_ execution: Execution) {
        enqueue(execution)
        startNext()
    }

    func end(_ step: Int64) {
        guard var entry = underWay[step], !entry.isStopped else { return }
        entry.isStopped = true
        underWay[step] = entry
        if let token = entry.token { executor.stop(token) }
    }

    /// Makes sure that attempts which are due at `at` are begun then.
    func wake(_ at: Instant) {
        let now = coordinator.environment.clock.now()
        if at <= now { return look() }
        if let timer, timer.at <= at { return }
        timer?.timer.cancel()
        let delay = at.milliseconds(since: now)
        timer = (
            at,
            coordinator.loop.schedule(afterMilliseconds: delay) { [weak self] in
                self?.timer = nil
                self?.look()
            }
        )
    }

    /// Ends what an earlier daemon left running, then goes on with its steps. A program that owns its run has outlived
    /// that daemon, and works on.
    func recover(_ left: [(execution: ExecutionRecord, step: StepRecord)], of runs: [RunRecord]) {
        let boot = coordinator.environment.boot
        let owned = Dictionary(runs.map { ($0.key, $0) }) { first, _ in first }
        let lost = left.filter { entry in
            guard let run = owned[entry.step.run] else { return true }
            return !adopt(Orphan(entry.execution, boot), entry.execution, entry.step, of: run)
        }
        let orphans = lost.filter { $0.step.executor == .exec }.map { Orphan($0.execution, boot) }
        let (loop, coordinator) = (coordinator.loop, coordinator)
        let goOn: @Sendable () -> Void = { [weak self] in
            for (execution, step) in lost {
                coordinator.perform(LoseExecution(step: execution.step, attempt: step.attempt))
            }
            self?.look()
        }
        orphans.isEmpty ? goOn() : executor.end(orphans) { loop.run(goOn) }
    }

    /// Goes on with the program that owns a run; false where it is another one, or has ended.
    private func adopt(_ orphan: Orphan, _ record: ExecutionRecord, _ step: StepRecord, of run: RunRecord)
        -> Bool
    {
        guard let process = orphan.process, run.lease?.owner.process == process else { return false }
        let execution = Execution(step, of: run, weight: record.weight)
        let loop = coordinator.loop
        let isThere = executor.adopt(orphan) { outcome in loop.run { self.settle(execution, outcome) } }
        guard isThere else { return false }
        underWay[step.key] = UnderWay(execution: execution, token: orphan.token)
        take(execution)
        return true
    }

    private func take(_ execution: Execution) {
        coordinator.environment.executing.insert(execution.step)
        slots[execution.executor]!.take(execution.user, bytes: execution.weight)
    }

    // MARK: Starting

    private func look(after last: DueExecution? = nil) {
        if isStopped { return }
        coordinator.perform(FindDueExecutions(last: last))
    }

    /// Begins the attempts that are due, and looks for those behind them: some wait for room in a limit, and are found
    /// by every look that begins anew.
    func repeatAll(_ found: [DueExecution]) {
        for step in found.map(\.step) where repeating.insert(step).inserted {
            coordinator.perform(RepeatExecution(step: step)) { [weak self] in self?.repeating.remove(step) }
        }
        if found.count == Self.batch { look(after: found.last) }
    }

    private func startNext() {
        if isStopped { return }
        for kind in StepExecutor.allCases {
            while let next = takeNext(kind) { load(next) }
        }
    }

    private func takeNext(_ kind: StepExecutor) -> Execution? {
        while let next = waiting[kind]?.popFirst(whereFirst: { slots[kind]!.admits($0, bytes: $1.weight) }) {
            if underWay[next.step] == nil { return next }
            behind[next.step] = next
        }
        return nil
    }

    private func enqueue(_ execution: Execution) {
        waiting[execution.executor, default: FairQueue()].append(execution, of: execution.user)
    }

    private func load(_ execution: Execution) {
        underWay[execution.step] = UnderWay(execution: execution)
        take(execution)
        coordinator.read(coordinator.daemonContext) { store, context in
            try store.task(execution, context)
        } reply: { result in
            switch result {
            case .success(let task): self.start(execution, task)
            case .failure:
                // Memory or disk trouble of the reader: the step stays as it is and is looked at again.
                self.forget(execution)
                _ = self.coordinator.loop.schedule(afterMilliseconds: 500) { self.begin(execution) }
            }
        }
    }

    private func start(_ execution: Execution, _ task: StepTask?) {
        guard let task, underWay[execution.step]?.isStopped == false else {
            forget(execution)
            return startNext()
        }
        underWay[execution.step]?.token = task.token
        let (loop, coordinator) = (coordinator.loop, coordinator)
        executor.start(task) { process in
            loop.run {
                coordinator.perform(
                    NoteExecution(step: execution.step, attempt: execution.attempt, process: process))
            }
        } done: { outcome in
            loop.run { self.settle(execution, outcome) }
        }
    }

    private func settle(_ execution: Execution, _ outcome: TaskOutcome) {
        if case .stopped = outcome {
            forget(execution)
            return startNext()
        }
        let goOn: @Sendable () -> Void = { [self] in
            forget(execution)
            startNext()
        }
        if case .lost = outcome {
            return coordinator.perform(LoseExecution(step: execution.step, attempt: execution.attempt)) {
                [self] in
                goOn()
                look()
            }
        }
        coordinator.perform(
            SettleExecution(step: execution.step, attempt: execution.attempt, outcome: outcome), then: goOn)
    }

    private func forget(_ execution: Execution) {
        guard underWay.removeValue(forKey: execution.step) != nil else { return }
        coordinator.environment.executing.remove(execution.step)
        slots[execution.executor]!.giveBack(execution.user, bytes: execution.weight)
        if let next = behind.removeValue(forKey: execution.step) { enqueue(next) }
    }
}

extension Orphan {
    fileprivate init(_ execution: ExecutionRecord, _ boot: String) {
        self.init(token: execution.token, process: execution.boot == boot ? execution.process : nil)
    }
}

extension StoreReader {
    /// What an attempt does; nil when it does not count any more.
    func task(_ execution: Execution, _ call: CallContext) throws -> StepTask? {
        guard let (record, step) = try self.execution(step: execution.step), step.status == .running,
            step.attempt == execution.attempt, let run = try run(key: step.run)
        else { return nil }
        return StepTask(
            step: step.key, attempt: step.attempt, executor: execution.executor, spec: record.spec,
            token: record.token, run: run.id, name: step.name, idempotencyKey: "\(run.uid)/\(step.name)",
            traceparent: call.traceparent(of: step.attempt, of: step.name, in: run))
    }
}

/// Finds the attempts that are due.
struct FindDueExecutions: Command {
    /// The last one that was found by the look before; nil to begin.
    var last: DueExecution?

    func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws {
        let place = call.environment.place
        let found = try store.executions(
            place: place, dueAt: call.now, after: last, limit: Executions.batch)
        if let next = try store.nextExecution(place: place, after: call.now) {
            call.after(.executionDue(next))
        }
        if !found.isEmpty { call.after(.executionsFound(found)) }
    }
}
