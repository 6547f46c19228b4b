import SidestepModel
import SidestepStore

struct RemovalStatements {
    let tombstone, putTombstone, forgetTombstones, closed, bytes, openChild, statistics: Statement
    let rules, putRule, deleteRule: Statement
    let begin, next, needed, openSteps, steps, recordings, checkpoints, messages, keep, again: Statement
    /// What a run may have many rows of, and no fork needs.
    let large: [Statement]
    /// What a run has a few rows of at most.
    let small: [Statement]

    init(_ connection: Connection, _ library: StatementLibrary) throws(Failure) {
        func block(_ name: String) throws(Failure) -> Statement { try library.prepare(name, on: connection) }
        tombstone = try block("tombstone_get")
        putTombstone = try block("tombstone_put")
        forgetTombstones = try block("tombstone_forget")
        closed = try block("run_closed_page")
        bytes = try block("run_payload_bytes")
        openChild = try block("run_open_child")
        statistics = try block("statistics")
        rules = try block("retention_list")
        putRule = try block("retention_put")
        deleteRule = try block("retention_delete")
        begin = try block("removal_begin")
        next = try block("removal_next")
        needed = try block("removal_needed")
        steps = try block("removal_steps")
        openSteps = try block("removal_open_steps")
        recordings = try block("removal_recordings")
        large = [
            try block("removal_journal"), try block("removal_chunks"), try block("removal_artifacts"),
            try block("removal_events"), try block("removal_signals"), try block("removal_state"),
        ]
        checkpoints = try block("removal_checkpoints")
        messages = try block("removal_messages")
        keep = try block("removal_keep")
        again = try block("removal_again")
        small = [try block("removal_tags"), try block("removal_payload")]
    }
}

extension SQLiteSession {
    func tombstone(user: UserID, id: String) throws(Failure) -> Tombstone? {
        try removals.tombstone.first(id, Int64(user)) {
            Tombstone(generation: $0.integer(), epoch: $0.integer())
        }
    }

    func closedRuns(after last: ClosedRun?, before: Instant, limit: Int) throws(Failure) -> [ClosedRun] {
        try removals.closed.all(
            last?.closed.milliseconds ?? .min, last?.key ?? 0, before,
            Int64(limit)
        ) { row in
            ClosedRun(
                closed: row.instant(), key: row.integer(), workflow: row.string(), status: row.status(),
                userID: row.user())
        }
    }

    func hasOpenChild(run: Int64) throws(Failure) -> Bool {
        try removals.openChild.hasRow(run)
    }

    func payloadBytes(run: Int64) throws(Failure) -> Int64 {
        try removals.bytes.first(run) { $0.integer() } ?? 0
    }

    func retentionRules() throws(Failure) -> [RetentionRule] {
        try removals.rules.all { row in
            let (workflow, status, keep) = (row.string(), row.string(), row.optionalInteger())
            return RetentionRule(
                workflow: workflow.isEmpty ? nil : workflow, status: RunStatus(rawValue: status),
                keep: keep.map(RetentionRule.Keep.milliseconds) ?? .forever)
        }
    }

    func setRetention(workflow: String?, status: RunStatus?, _ keep: RetentionRule.Keep?) throws(Failure) {
        let (workflow, status) = (workflow ?? "", status?.rawValue ?? "")
        switch keep {
        case nil: try removals.deleteRule.run(workflow, status)
        case .forever: try removals.putRule.run(workflow, status, nil as Int64?)
        case .milliseconds(let span): try removals.putRule.run(workflow, status, span)
        }
    }

    func removeRun(_ run: RunRecord, now: Instant) throws(Failure) {
        try requireOne(try removals.begin.run(run.key, run.epoch, now))
        try removals.openSteps.run(run.key)
        try removals.putTombstone.run(
            run.id, Int64(run.userID), run.generation, run.epoch,
            now)
    }

    func forgetTombstones(before: Instant, limit: Int) throws(Failure) {
        try removals.forgetTombstones.run(before, Int64(limit))
    }
}

extension SQLiteSession {
    func statistics() throws(Failure) -> StoreStatistics {
        let found = try removals.statistics.first { row in
            StoreStatistics(
                bytes: row.integer(), freeBytes: row.integer(), forks: row.integer(),
                beingRemoved: row.integer(),
                keptForForks: row.integer(), oldestClosed: row.optionalInstant())
        }
        guard let found else { throw Failure(.storageError, "storage: statistics returned no row") }
        return found
    }
}

// MARK: Deleting in batches

extension SQLiteSession {
    func deleteRemoved(limit: Int) throws(Failure) -> Bool {
        var budget = try RowBudget(rows: limit, chores.freePages)
        while !budget.isSpent {
            let next = try removals.next.first { ($0.integer(), $0.optionalInteger()) }
            guard let (run, origin) = next else { return false }
            guard try delete(run, origin: origin, &budget) else { return true }
            // A run costs something even when it has no rows.
            try budget.spend(5)
        }
        return true
    }

    /// What a recorder has written down is not to be found afterwards.
    ///
    /// - Returns: whether all of the run is gone that may go.
    private func delete(_ run: Int64, origin: Int64?, _ budget: inout RowBudget) throws(Failure) -> Bool {
        if try recordings.recorder.hasRow(run) {
            return try shredding { () throws(Failure) in try deleteAll(of: run, origin: origin, &budget) }
        }
        return try deleteAll(of: run, origin: origin, &budget)
    }

    private func deleteAll(of run: Int64, origin: Int64?, _ budget: inout RowBudget) throws(Failure) -> Bool {
        guard try deleteRows(of: run, &budget) else { return false }
        try finishRemoval(of: run, origin: origin)
        return true
    }

    /// - Returns: whether none is left that may go.
    private func deleteRows(of run: Int64, _ budget: inout RowBudget) throws(Failure) -> Bool {
        let needed = try removals.needed.first(run) { $0.optionalInteger() } ?? nil
        guard try budget.delete(removals.steps, run, needed ?? -1) else { return false }
        let shared = try needed.map { sequence throws(Failure) in
            try lastSharedRecording(RunOrigin(run: run, sequence: sequence))
        }
        guard try budget.delete(removals.recordings, run, shared ?? 0) else { return false }
        for statement in removals.large {
            guard try budget.delete(statement, run) else { return false }
        }
        guard try deleteCheckpoints(of: run, after: needed ?? -1, &budget) else { return false }
        return try deleteMessages(of: run, &budget)
    }

    private func deleteCheckpoints(
        of run: Int64, after sequence: Int64, _ budget: inout RowBudget
    ) throws(Failure) -> Bool {
        while !budget.isSpent {
            let blobs = try removals.checkpoints.all(run, sequence, 1) {
                [$0.optionalInteger(), $0.optionalInteger()]
            }
            if blobs.isEmpty { return true }
            try checkpoints.deleteUnused(Set(blobs.joined().compactMap { $0 }))
            try budget.spend(1)
        }
        return false
    }

    /// Messages that no checkpoint and no branch of another run needs.
    private func deleteMessages(of run: Int64, _ budget: inout RowBudget) throws(Failure) -> Bool {
        var last: Int64? = .max
        while let below = last {
            last = try deleteUnneeded(of: run, below: below, &budget)
            if budget.isSpent { return last == nil }
        }
        return true
    }

    /// Deletes what no checkpoint and no other branch needs; newest branches first, since they need older ones.
    ///
    /// - Returns: below which branch to go on; nil at the end.
    func deleteUnneeded(
        of run: Int64, below last: Int64, _ budget: inout RowBudget
    ) throws(Failure) -> Int64? {
        var last = last
        let found = try messages.branches(of: run, below: last, limit: 200)
        for branch in found {
            let length = try messages.needed.first(branch) { $0.integer() } ?? 0
            guard try budget.delete(removals.messages, branch, length) else {
                return last
            }
            if length == 0 { try messages.deleteBranch.run(branch) }
            last = branch
        }
        return found.count == 200 ? last : nil
    }

    /// Removes the run itself, or keeps it for its forks.
    private func finishRemoval(of run: Int64, origin: Int64?) throws(Failure) {
        for statement in removals.small { try statement.run(run) }
        let needed = try removals.needed.first(run) { $0.optionalInteger() } ?? nil
        let branches = try messages.branches(of: run, limit: 1)
        if needed != nil || !branches.isEmpty {
            try removals.keep.run(run)
        } else {
            try runs.delete.run(run)
            if let origin { try removals.again.run(origin) }
        }
    }
}
