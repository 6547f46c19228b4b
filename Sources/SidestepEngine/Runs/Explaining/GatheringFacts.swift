import SidestepModel
import SidestepProtocol
import SidestepStore

extension StoreReader {
    /// Entries of a journal that are looked through for what happened last.
    private static var recentEntries: Int { 1000 }
    /// Names of others in one sentence.
    private static var namesShown: Int { 3 }

    /// All that is known of a run now.
    func facts(of run: RunRecord, _ call: CallContext) throws -> RunFacts {
        let put = try queue(user: run.userID, name: run.placement.queue)
        var facts = RunFacts(
            run: run, open: try openSteps(run: run.key), now: call.now, caller: call.peer,
            queue: QueueFacts(put ?? QueueRecord(userID: run.userID, name: run.placement.queue)))
        facts.compensations = try compensations(run: run.key)
        facts.notUndone = try facts.compensations.filter { name in
            try stepOutcome(run: run.key, name: name)?.step.status == .failed
        }
        for entry in try newestEntries(run: run.key, among: Self.recentEntries) {
            if let kind = JournalKind(rawValue: entry.kind) { facts.entries[kind] = entry }
        }
        if run.status.isClosed { return facts }
        facts.storage = call.environment.storage.value.state
        facts.schedules = try schedules(lastRun: run.key)
        facts.budgets = try lineage(of: run).flatMap { owner in
            try budgets(of: owner, now: call.now).map { (owner: owner.id, budget: $0) }
        }
        try addQueue(&facts, call)
        try addSteps(&facts, call)
        facts.owner = owner(of: facts, call)
        return facts
    }

    // MARK: The queue

    private func addQueue(_ facts: inout RunFacts, _ call: CallContext) throws {
        let run = facts.run
        guard run.status == .queued || run.status == .interrupted else { return }
        let (user, name, shown) = (run.userID, run.placement.queue, Self.namesShown)
        facts.queue.owned = try runningRuns(user: user, queue: name)
        facts.queue.owners = try ownedRuns(user: user, queue: name, key: nil, limit: shown)
        if let key = run.placement.concurrencyKey {
            facts.queue.ownedOfKey = try runningRuns(user: user, queue: name, key: key)
            facts.queue.ownersOfKey = try ownedRuns(user: user, queue: name, key: key, limit: shown)
        }
        facts.queue.before = try runsBefore(run)
        facts.queue.workers = try workers(for: run, call)
    }

    private func workers(for run: RunRecord, _ call: CallContext) throws -> WorkerFacts {
        var found = WorkerFacts()
        for (session, worker) in call.environment.workers.all where worker.serves(run) {
            if let pinned = run.placement.pinnedVersion, pinned != worker.codeVersion {
                found.otherVersions.append(worker.codeVersion ?? "none")
            } else {
                found.serving += 1
                if try runs(heldBySession: session, limit: 1).isEmpty { found.idle += 1 }
            }
        }
        found.otherVersions = Set(found.otherVersions).sorted()
        return found
    }

    // MARK: The steps

    private func addSteps(_ facts: inout RunFacts, _ call: CallContext) throws {
        let (run, environment) = (facts.run, call.environment)
        facts.steps.parked = environment.parkedSteps.of(run: run.key)
        facts.steps.refused = environment.refusedSteps.of(run: run.key)
        for step in facts.open where step.executor != nil { try addExecution(of: step, &facts, call) }
        for key in Set(facts.steps.parked.map(\.limit)) {
            guard let record = try limit(key: key) else { continue }
            facts.steps.limits[key] = LimitFacts(
                record: record, holders: try holders(limit: key), names: try holderNames(key, call))
        }
        for name in Set(facts.steps.refused.map(\.breaker)) {
            if let record = try breaker(user: run.userID, name: name) { facts.steps.breakers.append(record) }
        }
    }

    private func addExecution(of step: StepRecord, _ facts: inout RunFacts, _ call: CallContext) throws {
        if step.status == .running {
            if !call.environment.executing.contains(step.key) {
                facts.steps.waitingForDaemon.insert(step.key)
            }
            return
        }
        guard step.status == .backoff, let (execution, _) = try execution(step: step.key) else { return }
        if step.name == StepRecord.supervisor { facts.steps.supervisor = try supervisor(step, execution) }
        let demand = execution.demand.map(RawJSON.init(validated:))
        if let breaker = demand?["breaker"]?.string,
            !facts.steps.refused.contains(where: { $0.step == step.name })
        {
            facts.steps.refused.append(RefusedStep(run: step.run, step: step.name, breaker: breaker))
        }
    }

    private func supervisor(_ step: StepRecord, _ execution: ExecutionRecord) throws -> SupervisorFacts? {
        guard let error = try stepOutcome(run: step.run, name: step.name)?.error else { return nil }
        let words = RawJSON(validated: execution.spec)["argv"]?.elements.compactMap(\.string) ?? []
        guard let end = words.firstIndex(of: "--") else { return nil }
        return SupervisorFacts(
            problem: RawJSON(validated: error)["message"]?.string ?? "it ended",
            program: Array(words[words.index(after: end)...]))
    }

    /// Whom a limit is held by; of what others do no more is told than that they do it.
    private func holderNames(_ limit: Int64, _ call: CallContext) throws -> [String] {
        try oldestHolders(limit: limit, count: Self.namesShown).compactMap { holder in
            guard call.visibleUser.map({ $0 == holder.userID }) ?? true else { return nil }
            return "step '\(holder.step)' of run '\(holder.run)' since "
                + Wording.span(call.now.milliseconds(since: holder.since))
        }
    }

    // MARK: The owner

    private func owner(of facts: RunFacts, _ call: CallContext) -> OwnerFacts {
        var found = OwnerFacts()
        guard let lease = facts.run.lease else { return found }
        let pulse = call.environment.pulse(of: lease.session)
        found.isConnected = pulse != nil
        found.lastCall = pulse?.lastCall
        found.waits = pulse?.isBusy ?? false
        found.isStopped =
            lease.boot == call.environment.boot && call.environment.processes.isStopped(lease.owner.process)
        return found
    }
}
