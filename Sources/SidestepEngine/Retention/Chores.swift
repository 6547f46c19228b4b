import SidestepModel
import SidestepStore

/// Work of the daemon's own that comes again: a bit at a time, so that no step waits for long.
public enum Chore: Sendable, Equatable {
    /// Deletes rows of removed runs.
    case deleteRemoved
    /// Removes closed runs that were kept long enough, on from this place.
    case prune(after: ClosedRun?)
    /// Does a part of what commits left to be done.
    case leftWork
    /// Deletes the bodies of recordings that were kept long enough, on from this place.
    case forget(ForgettingPlace)

    /// Chores of one kind are not done twice at a time.
    var kind: Int {
        switch self {
        case .deleteRemoved: 0
        case .prune: 1
        case .leftWork: 2
        case .forget: 3
        }
    }

    var command: any Command {
        switch self {
        case .deleteRemoved: DeleteRemoved()
        case .prune(let place): ApplyRetention(after: place)
        case .leftWork: DoLeftWork()
        case .forget(let place): ForgetBodies(place: place)
        }
    }
}

extension Coordinator {
    /// Begins the chores that nobody asks for.
    func startChores() {
        perform(AbandonImports())
        arm(.leftWork, afterMilliseconds: 0)
        arm(.prune(after: nil), afterMilliseconds: environment.settings.firstPruneMilliseconds)
    }

    /// Does a chore later, unless one of its kind is to come already.
    func arm(_ chore: Chore, afterMilliseconds delay: Int64) {
        guard chores[chore.kind] == nil else { return }
        chores[chore.kind] = loop.schedule(afterMilliseconds: delay) {
            self.chores[chore.kind] = nil
            self.perform(chore.command)
        }
    }
}

/// Deletes a bounded number of rows of removed runs, and comes again while there are more.
struct DeleteRemoved: Command {
    var space: SpaceUse { .frees }
    /// Rows in one transaction: some milliseconds of work.
    static let batchRows = 500
    static let pauseMilliseconds: Int64 = 10

    func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws {
        if try store.deleteRemoved(limit: Self.batchRows) {
            call.after(.later(.deleteRemoved, Self.pauseMilliseconds))
        }
    }
}

/// Removes the closed runs on one page that were kept long enough, and goes on with the next page; behind the last one,
/// what else has been kept long enough.
struct ApplyRetention: Command {
    var space: SpaceUse { .frees }
    /// Runs looked at in one transaction.
    static let batchRuns = 200
    static let pauseMilliseconds: Int64 = 10
    /// Lines of the daemon's own journal removed at a time.
    static let batchActs = 5000
    /// How long an id is remembered whose run was removed.
    static let tombstoneMilliseconds: Int64 = 365 * 86_400_000

    let after: ClosedRun?

    func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws {
        let policy = try store.retentionPolicy(call)
        let found = try store.removeOverdue(policy, after: after, limit: Self.batchRuns, call)
        if found.removed > 0 {
            call.after(.later(.deleteRemoved, DeleteRemoved.pauseMilliseconds))
            call.tell(Notice(.retentionRemoved).with(.runs, found.removed))
        }
        if after == nil { call.after(.later(.forget(ForgettingPlace()), Self.pauseMilliseconds)) }
        if let last = found.last { return call.after(.later(.prune(after: last), Self.pauseMilliseconds)) }
        try store.forgetTombstones(
            before: call.now.advanced(byMilliseconds: -Self.tombstoneMilliseconds), limit: Self.batchRuns)
        try store.forgetActs(
            before: call.now.advanced(byMilliseconds: -ActRecord.keptMilliseconds),
            keeping: ActRecord.keptLines, limit: Self.batchActs)
        try store.forgetUsage(before: call.now.hour - UsageOfRuns.keptHours, limit: Self.batchActs)
        guard try store.deleteExpiredMemories(now: call.now, limit: call.environment.settings.part.rows)
        else { return call.after(.later(.prune(after: nil), Self.pauseMilliseconds)) }
        call.after(.later(.prune(after: nil), call.environment.settings.pruneMilliseconds))
    }
}

extension StoreReader {
    /// The rules as they are stored, over the daemon's own span.
    func retentionPolicy(_ call: CallContext) throws -> RetentionPolicy {
        let standard = call.environment.settings.retentionMilliseconds
        return RetentionPolicy(
            rules: try retentionRules(),
            standard: standard.map(RetentionRule.Keep.milliseconds) ?? .forever)
    }
}

extension StoreTransaction {
    /// Removes what is over on one page of closed runs.
    ///
    /// - Returns: how many runs were removed, and the place to go on from; nil at the end.
    fileprivate func removeOverdue(
        _ policy: RetentionPolicy, after place: ClosedRun?, limit: Int, _ call: CallContext
    ) throws -> (removed: Int, last: ClosedRun?) {
        guard let shortest = policy.shortest else { return (0, nil) }
        let bound = call.now.advanced(byMilliseconds: -shortest)
        let page = try closedRuns(after: place, before: bound, limit: limit)
        var removed = 0
        for closed in page
        where policy.isOver(
            workflow: closed.workflow, status: closed.status, closed: closed.closed, now: call.now)
        {
            if try removeClosed(closed, call) { removed += 1 }
        }
        return (removed, page.count == limit ? page.last : nil)
    }

    /// Removes a closed run, unless something still needs it as a whole.
    func removeClosed(_ closed: ClosedRun, _ call: CallContext) throws -> Bool {
        guard let run = try run(key: closed.key), run.status.isClosed,
            try !hasOpenChild(run: closed.key)
        else { return false }
        try removeRun(run, now: call.now)
        return true
    }
}
