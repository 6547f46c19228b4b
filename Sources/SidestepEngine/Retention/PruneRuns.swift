import SidestepModel
import SidestepProtocol
import SidestepStore

/// Which closed runs somebody wants to be rid of.
public struct PruneFilter: Sendable {
    /// Closed before this moment; nil leaves it to the rules of retention.
    public var before: Instant?
    /// Only runs of this workflow; nil is about all.
    public var workflow: String?
    /// Only runs that ended so: `completed`, `failed` or `cancelled`; nil is about all.
    public var status: RunStatus?

    /// The filter of `run.prune`; with nothing set it does what retention does by itself, among the caller's runs.
    public init(before: Instant?, workflow: String?, status: RunStatus?) {
        self.before = before
        self.workflow = workflow
        self.status = status
    }

    func includes(_ run: ClosedRun, _ policy: RetentionPolicy, _ call: CallContext) -> Bool {
        guard call.visibleUser ?? run.userID == run.userID, (workflow ?? run.workflow) == run.workflow,
            (status ?? run.status) == run.status
        else { return false }
        if before != nil { return true }
        return policy.isOver(workflow: run.workflow, status: run.status, closed: run.closed, now: call.now)
    }

    /// No run that was closed later is looked at; nil when none is.
    func bound(_ policy: RetentionPolicy, _ call: CallContext) -> Instant? {
        before?.advanced(byMilliseconds: -1)
            ?? policy.shortest.map { call.now.advanced(byMilliseconds: -$0) }
    }
}

/// What a pruning comes to.
public struct Pruned: Sendable {
    /// How many runs were removed, or would be.
    public var runs = 0
    /// About how many bytes of payload they have; a rehearsal reads them, the removal does not.
    public var bytes: Int64?
    /// Whether the bytes of some were guessed from those of the others.
    public var isEstimate = false
    /// Whether the same call would find more.
    public var hasMore = false
}

/// Removes closed runs, as many as one transaction can bear.
public struct PruneRuns: Command {
    /// Runs removed by one call.
    static let limit = 200

    /// Which runs go; one that has open children stays.
    public let filter: PruneFilter

    /// A call of `run.prune`.
    public init(filter: PruneFilter) { self.filter = filter }

    /// Removes them out of sight at once; their rows are deleted in parts. Noted in the daemon's own journal.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> Pruned {
        var pruned = Pruned()
        let context = call
        pruned.hasMore = try store.overdue(filter, context) { closed in
            guard try store.removeClosed(closed, context) else { return true }
            pruned.runs += 1
            return pruned.runs < Self.limit
        }
        guard pruned.runs > 0 else { return pruned }
        call.after(.later(.deleteRemoved, DeleteRemoved.pauseMilliseconds))
        try store.note(
            act: "run.prune", filter.workflow, &call,
            detail: detail { writer in
                writer.member("runs", pruned.runs)
                writer.member("before", filter.before?.milliseconds)
                writer.member("status", filter.status?.rawValue)
            })
        return pruned
    }
}

/// Says what pruning would remove, and removes nothing.
public struct PruneRehearsal: Query {
    /// Runs whose payloads are read; the bytes of further ones are guessed.
    static let measuredRuns = 1000

    /// Which runs would go.
    public let filter: PruneFilter

    /// A call of `run.prune` with `dry_run`.
    public init(filter: PruneFilter) { self.filter = filter }

    /// Counts them all, however many there are, in one snapshot.
    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> Pruned {
        var pruned = Pruned()
        var bytes: Int64 = 0
        _ = try store.overdue(filter, call) { closed in
            if try store.hasOpenChild(run: closed.key) { return true }
            if pruned.runs < Self.measuredRuns { bytes += try store.payloadBytes(run: closed.key) }
            pruned.runs += 1
            return true
        }
        pruned.isEstimate = pruned.runs > Self.measuredRuns
        let share = pruned.isEstimate ? Double(pruned.runs) / Double(Self.measuredRuns) : 1
        pruned.bytes = Int64(Double(bytes) * share)
        return pruned
    }
}

extension StoreReader {
    /// Visits the closed runs that a filter means, the longest closed first, until `visit` says no.
    ///
    /// - Returns: whether it stopped before the end.
    fileprivate func overdue(
        _ filter: PruneFilter, _ call: CallContext, _ visit: (ClosedRun) throws -> Bool
    ) throws -> Bool {
        let policy = try retentionPolicy(call)
        guard let bound = filter.bound(policy, call) else { return false }
        var place: ClosedRun?
        while true {
            let page = try closedRuns(after: place, before: bound, limit: 1000)
            for closed in page where filter.includes(closed, policy, call) {
                guard try visit(closed) else { return true }
            }
            guard page.count == 1000, let last = page.last else { return false }
            place = last
        }
    }
}

/// Sets how long closed runs are kept, or goes back to what holds without the rule.
public struct PutRetention: Command {
    /// The rule is about runs of this workflow; nil is about those of all.
    public let workflow: String?
    /// It is about runs that ended so; nil is about all closed ones.
    public let status: RunStatus?
    /// nil removes the rule.
    public let keep: RetentionRule.Keep?

    /// A call of `retention.put`.
    public init(workflow: String?, status: RunStatus?, keep: RetentionRule.Keep?) {
        self.workflow = workflow
        self.status = status
        self.keep = keep
    }

    /// Answers with all rules; the most exact one decides. Throws `not_permitted` for all but administrators.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> RetentionPolicy {
        try call.requireAdministrator("change how long runs are kept")
        if let status, !status.isClosed {
            throw Failure(
                .invalidArgument,
                "a run that is \(status.rawValue) is not closed, and open runs are always kept",
                hint: "Name completed, failed or cancelled, or leave `status` out.")
        }
        try store.setRetention(workflow: workflow, status: status, keep)
        try store.note(
            act: "retention.put", workflow, &call,
            detail: detail { writer in
                writer.member("status", status?.rawValue)
                switch keep {
                case .milliseconds(let span): writer.member("keep_ms", span)
                case .forever: writer.member("forever", true)
                case nil: break
                }
            })
        return try store.retentionPolicy(call)
    }
}

/// The rules of retention.
public struct ListRetention: Query {
    /// A call of `retention.list`, which has no parameters.
    public init() {}

    /// Answers with the rules of all users and the daemon's own span; everybody may see them.
    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> RetentionPolicy {
        try store.retentionPolicy(call)
    }
}

extension CallContext {
    /// Refuses what changes things for all users to all but administrators.
    func requireAdministrator(_ action: String) throws(Failure) {
        if peer.isAdministrator { return }
        throw Failure(
            .notPermitted, "only an administrator may \(action)",
            hint: "Call as the daemon's user, as root, or as a member of `admin_group`.")
    }
}
