import SidestepModel
import SidestepStore

struct RemovalStatements {
    let tombstone, putTombstone, forgetTombstones, closed, bytes, openChild, statistics: Statement
    let rules, putRule, deleteRule: Statement
    let begin, next, needed, openSteps, steps, checkpoints, messages, keep, again: Statement
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
        large = [
            try block("removal_journal"), try block("removal_chunks"), try block("removal_artifacts"),
            try block("removal_events"), try block("removal_signals"),
        ]
        checkpoints = try block("removal_checkpoints")
        messages = try block("removal_messages")
        keep = try block("removal_keep")
        again = try block("removal_again")
        small = [try block("removal_state"), try block("removal_tags"), try block("removal_payload")]
    }
}

extension SQLiteSession {
    func tombstone(user: UInt32, id: String) throws(Failure) -> Tombstone? {
        try removals.tombstone.first(SQLValue(id), .integer(Int64(user))) {
            Tombstone(generation: $0.integer(), epoch: $0.integer())
        }
    }

    func closedRuns(after last: ClosedRun?, before: Instant, limit: Int) throws(Failure) -> [ClosedRun] {
        try removals.closed.all(
            .integer(last?.closed.milliseconds ?? .min), .integer(last?.key ?? 0), SQLValue(before),
            .integer(Int64(limit))
        ) { row in
            ClosedRun(
                closed: row.instant(), key: row.integer(), workflow: row.string(), status: row.status(),
                userID: UInt32(truncatingIfNeeded: row.integer()))
        }
    }

    func hasOpenChild(run: Int64) throws(Failure) -> Bool {
        try removals.openChild.hasRow(.integer(run))
    }

    func payloadBytes(run: Int64) throws(Failure) -> Int64 {
        try removals.bytes.first(.integer(run)) { $0.integer() } ?? 0
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
        let place = [SQLValue(workflow ?? ""), SQLValue(status?.rawValue ?? "")]
        switch keep {
        case nil: _ = try removals.deleteRule.change(place)
        case .forever: _ = try removals.putRule.change(place + [.null])
        case .milliseconds(let span): _ = try removals.putRule.change(place + [.integer(span)])
        }
    }

    func removeRun(_ run: RunRecord, now: Instant) throws(Failure) {
        try requireOne(try removals.begin.run(.integer(run.key), .integer(run.epoch), SQLValue(now)))
        try removals.openSteps.run(.integer(run.key))
        try removals.putTombstone.run(
            SQLValue(run.id), .integer(Int64(run.userID)), .integer(run.generation), .integer(run.epoch),
            SQLValue(now))
    }

    func forgetTombstones(before: Instant, limit: Int) throws(Failure) {
        try removals.forgetTombstones.run(SQLValue(before), .integer(Int64(limit)))
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
        var left = limit
        while left > 0 {
            let next = try removals.next.first { ($0.integer(), $0.optionalInteger()) }
            guard let (run, origin) = next else { return false }
            left -= try deleteRows(of: run, limit: left)
            if left <= 0 { return true }
            try finishRemoval(of: run, origin: origin)
            // A run costs something even when it has no rows.
            left -= 5
        }
        return true
    }

    /// - Returns: how many rows went; fewer than `limit` when none is left that may go.
    private func deleteRows(of run: Int64, limit: Int) throws(Failure) -> Int {
        let needed = try removals.needed.first(.integer(run)) { $0.optionalInteger() } ?? nil
        var left = limit
        left -= try removals.steps.run(.integer(run), .integer(needed ?? -1), .integer(Int64(left)))
        for statement in removals.large where left > 0 {
            left -= try statement.run(.integer(run), .integer(Int64(left)))
        }
        if left > 0 { left -= try deleteCheckpoints(of: run, after: needed ?? -1, limit: left) }
        if left > 0 { left -= try deleteMessages(of: run, limit: left) }
        return limit - left
    }

    private func deleteCheckpoints(of run: Int64, after sequence: Int64, limit: Int) throws(Failure) -> Int {
        let blobs = try removals.checkpoints.all(.integer(run), .integer(sequence), .integer(Int64(limit))) {
            [$0.optionalInteger(), $0.optionalInteger()]
        }
        try checkpoints.deleteUnused(Set(blobs.joined().compactMap { $0 }))
        return blobs.count
    }

    /// Messages that no checkpoint and no branch of another run needs; newest branches first,
    /// since they need older ones.
    private func deleteMessages(of run: Int64, limit: Int) throws(Failure) -> Int {
        var left = limit
        for branch in try messages.branches.all(.integer(run), read: { $0.integer() }) {
            let length = try messages.needed.first(.integer(branch)) { $0.integer() } ?? 0
            left -= try removals.messages.run(.integer(branch), .integer(length), .integer(Int64(left)))
            if left <= 0 { return limit }
            if length == 0 { try messages.deleteBranch.run(.integer(branch)) }
        }
        return limit - left
    }

    /// Removes the run itself, or keeps it for its forks.
    private func finishRemoval(of run: Int64, origin: Int64?) throws(Failure) {
        for statement in removals.small { try statement.run(.integer(run)) }
        let needed = try removals.needed.first(.integer(run)) { $0.optionalInteger() } ?? nil
        let branches = try messages.branches.all(.integer(run)) { $0.integer() }
        if needed != nil || !branches.isEmpty {
            try removals.keep.run(.integer(run))
        } else {
            try runs.delete.run(.integer(run))
            if let origin { try removals.again.run(.integer(origin)) }
        }
    }
}
