import SidestepModel

/// Looks at forks and what they share: completed steps and checkpoints of other runs, copied nowhere.
public protocol ForkReading: AnyObject {
    /// Where a run takes its first records from; nil for one that is no fork.
    func origin(of run: Int64) throws(Failure) -> RunOrigin?
    /// What a run was made from, as its maker said it; nil when it is no fork.
    func lineage(of run: Int64) throws(Failure) -> Lineage?
    /// The ids of runs that read from this one, oldest first.
    func forks(of run: Int64, limit: Int) throws(Failure) -> [String]
    /// Whether a fork that is not removed shares what a run recorded at this place of its journal.
    func isShared(_ place: RunOrigin) throws(Failure) -> Bool
    /// A completed step of this run that a fork at `origin` shares.
    func sharedStep(_ origin: RunOrigin, name: String) throws(Failure) -> StepOutcome?
    /// Completed steps that a fork at `origin` shares with this very run, in the order of the journal.
    func sharedSteps(
        _ origin: RunOrigin, after sequence: Int64, limit: Int, maxBytes: Int
    ) throws(Failure) -> Page<StepOutcome>
    /// How many completed steps of this very run a fork at `origin` shares.
    func sharedStepCount(_ origin: RunOrigin) throws(Failure) -> Int64
    /// The newest checkpoint of this very run that was saved up to `origin`.
    func sharedCheckpoint(_ origin: RunOrigin) throws(Failure) -> CheckpointRecord?
}

/// Makes forks; from then on the removal of the origin leaves what they need.
public protocol ForkWriting: ForkReading {
    /// Makes a run that was just inserted a fork.
    func setOrigin(of run: Int64, _ origin: RunOrigin) throws(Failure)
    /// Notes what a run was made from.
    func setLineage(of run: Int64, _ lineage: Lineage) throws(Failure)
}

/// The steps of a run as its owner sees them: its own, and those it shares with the runs it was forked from.
///
/// A run without origin costs no statement more.
extension StoreReader {
    /// The origins of a run, the nearest first, each as far as this run shares it.
    public func origins(of run: RunRecord) throws(Failure) -> [RunOrigin] {
        var found: [RunOrigin] = []
        var next = run.origin
        while let current = next {
            found.append(current)
            next = try origin(of: current.run).map {
                RunOrigin(run: $0.run, sequence: min($0.sequence, current.sequence))
            }
        }
        return found
    }

    /// A step of this name, the run's own or the nearest that it shares; nil when it was never begun.
    public func step(of run: RunRecord, name: String) throws(Failure) -> StepRecord? {
        if let own = try step(run: run.key, name: name) { return own }
        return try inherited(run, name)?.step
    }

    /// The same with its outcome.
    public func stepOutcome(of run: RunRecord, name: String) throws(Failure) -> StepOutcome? {
        if let own = try stepOutcome(run: run.key, name: name) { return own }
        return try inherited(run, name)
    }

    private func inherited(_ run: RunRecord, _ name: String) throws(Failure) -> StepOutcome? {
        if run.origin == nil { return nil }
        for origin in try origins(of: run) {
            if let shared = try sharedStep(origin, name: name) { return shared }
        }
        return nil
    }

    /// Steps in the order of the journal, after this sequence, until `limit` steps or about `maxBytes` of outcomes.
    public func steps(
        of run: RunRecord, after sequence: Int64?, status: StepStatus?, limit: Int, maxBytes: Int
    ) throws(Failure) -> Page<StepOutcome> {
        var page = Page<StepOutcome>(items: [], hasMore: false)
        // What an origin recorded is older than all that came after the fork, so the parts follow each other.
        if run.origin != nil, status ?? .completed == .completed {
            for origin in try origins(of: run).reversed() {
                let part = try sharedSteps(
                    origin, after: sequence ?? 0, limit: limit - page.items.count,
                    maxBytes: maxBytes - page.bytes)
                page.items += part.items
                page.hasMore = part.hasMore
                if part.hasMore { return page }
            }
        }
        let own = try steps(
            run: run.key, after: sequence, status: status, limit: limit - page.items.count,
            maxBytes: maxBytes - page.bytes)
        return Page(items: page.items + own.items, hasMore: own.hasMore)
    }

    /// How many steps there are of each status that any has; shared ones are completed.
    public func stepCounts(of run: RunRecord) throws(Failure) -> [(status: StepStatus, count: Int64)] {
        var counts = try stepCounts(run: run.key)
        if run.origin == nil { return counts }
        var shared: Int64 = 0
        for origin in try origins(of: run) { shared += try sharedStepCount(origin) }
        if shared == 0 { return counts }
        if let index = counts.firstIndex(where: { $0.status == .completed }) {
            counts[index].count += shared
        } else {
            counts.append((.completed, shared))
        }
        return counts
    }
}

extension Page<StepOutcome> {
    /// About how many bytes its outcomes have.
    var bytes: Int { items.reduce(0) { $0 + $1.bytes } }
}

extension StepOutcome {
    /// About how many bytes it takes in a reply.
    public var bytes: Int { (output?.count ?? 0) + (error?.count ?? 0) + step.name.utf8.count + 64 }
}
