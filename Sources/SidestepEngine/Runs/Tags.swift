import SidestepModel
import SidestepStore

extension StoreTransaction {
    /// Sets tags of a run, or removes those that have no value; a run has so many at most.
    func setTags(
        _ tags: [(name: String, value: String?)], of run: RunRecord, _ call: CallContext
    ) throws {
        if tags.isEmpty { return }
        for tag in tags { try setRunTag(key: run.key, name: tag.name, value: tag.value) }
        let limit = call.environment.settings.limits[.tags]
        guard try runTags(key: run.key).count > limit else { return }
        throw Failure(
            .limitExceeded, "the run would have more than \(limit) tags", run: run.id,
            hint: "Remove some (null removes one), or keep what is not searched for in `metadata`."
        ).with(\.limit, ElementLimit.tags.rawValue)
    }
}
