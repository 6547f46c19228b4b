/// How long closed runs of a workflow, or with a status, are kept.
public struct RetentionRule: Sendable, Equatable {
    /// How long something is kept.
    public enum Keep: Sendable, Equatable {
        case milliseconds(Int64)
        case forever
    }

    /// nil for every workflow.
    public var workflow: String?
    /// nil for every way to end.
    public var status: RunStatus?
    /// How long, counted from when a run was closed.
    public var keep: Keep

    /// A rule for closed runs that both members fit.
    public init(workflow: String?, status: RunStatus?, keep: Keep) {
        self.workflow = workflow
        self.status = status
        self.keep = keep
    }

    /// How much a rule says: a workflow counts for more than a status.
    fileprivate var weight: Int { (workflow == nil ? 0 : 2) + (status == nil ? 0 : 1) }

    fileprivate func applies(_ workflow: String, _ status: RunStatus) -> Bool {
        (self.workflow ?? workflow) == workflow && (self.status ?? status) == status
    }
}

/// All rules together: the most exact one that fits a run decides.
public struct RetentionPolicy: Sendable, Equatable {
    /// In any order; no two of them have the same workflow and status.
    public var rules: [RetentionRule]
    /// For runs that no rule fits.
    public var standard: RetentionRule.Keep

    /// The rules that `retention.put` left, over the daemon's own span (`retention_days`).
    public init(rules: [RetentionRule], standard: RetentionRule.Keep) {
        self.rules = rules
        self.standard = standard
    }

    /// How long a run of this workflow is kept that ended in this way.
    public func keep(workflow: String, status: RunStatus) -> RetentionRule.Keep {
        let fitting = rules.filter { $0.applies(workflow, status) }
        return fitting.max { $0.weight < $1.weight }?.keep ?? standard
    }

    /// The shortest span that any run is kept, in milliseconds; nil when all stay for ever.
    public var shortest: Int64? {
        (rules.map(\.keep) + [standard]).compactMap { keep -> Int64? in
            if case .milliseconds(let span) = keep { return span }
            return nil
        }.min()
    }

    /// Whether a run that was closed then has been kept long enough.
    public func isOver(workflow: String, status: RunStatus, closed: Instant, now: Instant) -> Bool {
        guard case .milliseconds(let span) = keep(workflow: workflow, status: status) else { return false }
        return closed.advanced(byMilliseconds: span) <= now
    }
}
