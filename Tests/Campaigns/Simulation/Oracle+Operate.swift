import SidestepModel

/// Forks, removal and import as the oracle sees them: copies of dictionaries.
extension Oracle {
    mutating func nextPlace() -> Int {
        lastPlace += 1
        return lastPlace
    }

    mutating func nextIdentity() -> Int {
        lastIdentity += 1
        return lastIdentity
    }

    mutating func save(_ name: String) {
        let place = nextPlace()
        runs[name]!.saved.append((place, runs[name]!.messages))
    }

    /// A run of an id that nobody uses; it goes on counting where a removed one stopped.
    mutating func newRun(_ name: String) -> Run {
        let past = tombstones[name]
        var run = Run(
            generation: (past?.generation ?? 0) + 1, epoch: past?.epoch ?? 0, identity: nextIdentity())
        run.age = nextPlace()
        adopt(name, &run)
        return run
    }

    // MARK: Forks

    mutating func fork(_ name: String, to new: String, step: String?) -> Reply {
        guard let source = runs[name] else { return .refused(.runNotFound) }
        // The programs never repeat a fork, so a known id is another run.
        if runs[new] != nil { return .refused(.runConflict) }
        var bound = Int.max
        if let step {
            guard let record = source.steps[step] else { return .refused(.invalidArgument) }
            if record.status == .completed { bound = record.place - 1 }
        }
        var fork = newRun(new)
        fork.steps = source.steps.filter { $0.value.status == .completed && $0.value.place <= bound }
        let further = Set(source.shared.map { $0[1] })
        let own = fork.steps.values.map(\.place).filter { !further.contains($0) }.map { [source.age, $0] }
        fork.shared = source.shared.filter { $0[1] <= bound }.union(own)
        fork.saved = source.saved.filter { $0.place <= bound }
        fork.messages = fork.saved.last?.messages ?? []
        fork.state = source.state
        runs[new] = fork
        return .status(.queued)
    }

    // MARK: Removal

    mutating func delete(_ name: String) -> Reply {
        guard let run = runs[name] else { return .removed(0) }
        if run.status == .running { return .refused(.runOwned) }
        bury(name, run)
        let generations = 1 + (past[name]?.count ?? 0)
        runs[name] = nil
        past[name] = nil
        return .removed(generations)
    }

    /// Removes every closed generation of every run.
    mutating func prune() -> Reply {
        var count = 0
        for (name, generations) in past {
            for run in generations.values { bury(name, run) }
            count += generations.count
            past[name] = nil
        }
        for (name, run) in runs where run.status.isClosed {
            bury(name, run)
            count += 1
            runs[name] = nil
        }
        return .removed(count)
    }

    private mutating func bury(_ name: String, _ run: Run) {
        let known = tombstones[name] ?? (0, 0)
        tombstones[name] = (max(known.generation, run.generation), max(known.epoch, run.epoch))
    }

    // MARK: Import

    /// What an export of `name` leaves when it comes in as `target`.
    mutating func copy(_ name: String, to target: String) -> Reply {
        guard let source = runs[name] else { return .refused(.runNotFound) }
        if let known = runs[target] {
            if known.identity == source.identity { return .status(known.status) }
            let old = past[target]?[source.generation]
            return old?.identity == source.identity ? .status(old!.status) : .refused(.runConflict)
        }
        var copy = source
        copy.owner = nil
        copy.mayReturn = false
        copy.progressed = false
        if copy.status == .waiting { copy.nextAttempt = nil }
        copy.age = nextPlace()
        // All of it is its own.
        copy.shared = []
        // Open waits begin anew.
        copy.steps = copy.steps.filter { $0.value.status != .waiting }
        if !copy.status.isClosed, copy.status != .paused { copy.status = .queued }
        if let past = tombstones[target], past.generation >= copy.generation {
            copy.generation = past.generation + 1
            copy.epoch = max(copy.epoch, past.epoch)
        }
        for (step, record) in copy.steps {
            copy.steps[step]!.holder = nil
            guard record.status == .running else { continue }
            copy.steps[step]!.interrupted = true
            copy.steps[step]!.status = record.atMostOnce ? .unknown : .backoff
            if record.atMostOnce { continue }
            copy.steps[step]!.attempt += 1
            copy.steps[step]!.ready = now
        }
        if !copy.status.isClosed { adopt(target, &copy) }
        runs[target] = copy
        // Nobody is left to undo anything.
        if copy.cancelAt != nil, !copy.status.isClosed { endCancelled(target) }
        return .status(runs[target]!.status)
    }
}
