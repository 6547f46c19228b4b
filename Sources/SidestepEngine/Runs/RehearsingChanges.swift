import SidestepModel
import SidestepStore

/// Says to how many runs something would be done, and does nothing.
public struct ChangeRunsRehearsal: Query {
    /// What would be done.
    public let action: RunAction
    /// To which runs.
    public let selection: RunSelection

    /// A call of `run.bulk` with `dry_run`.
    public init(_ action: RunAction, _ selection: RunSelection) {
        self.action = action
        self.selection = selection
    }

    /// Counts them all, however many there are, in one snapshot; runs that are known to be refused are skipped.
    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> ChangeRuns.Result {
        switch selection {
        case .named(let ids): try look(ids, store, call)
        case .found(let list): try look(list, store, call)
        }
    }

    private func look(
        _ ids: [String], _ store: any StoreReader, _ call: CallContext
    ) throws -> ChangeRuns.Result {
        var result = ChangeRuns.Result()
        for id in ids {
            if let run = try store.findRun(id, call) {
                note(run, &result, limit: ids.count)
            } else {
                result.skipped.append((id, Failure.runNotFound(id)))
            }
        }
        return result
    }

    private func look(
        _ list: ListRuns, _ store: any StoreReader, _ call: CallContext
    ) throws -> ChangeRuns.Result {
        var result = ChangeRuns.Result()
        var filter = try list.seen(store, call)
        let limit = filter.limit
        filter.limit = 1000
        while true {
            let page = try store.runs(filter)
            for run in page.items where try action.isAbout(run.status) && store.newest(run) != nil {
                note(run, &result, limit: limit)
            }
            guard page.hasMore, let last = page.items.last else { return result }
            filter.before = last.key
        }
    }

    private func note(_ run: RunRecord, _ result: inout ChangeRuns.Result, limit: Int) {
        if let failure = action.refusal(of: run) {
            if result.skipped.count < limit { result.skipped.append((run.id, failure)) }
            return
        }
        result.count += 1
        if result.runs.count < limit { result.runs.append(run.id) }
    }
}
