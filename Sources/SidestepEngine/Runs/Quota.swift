import SidestepModel
import SidestepStore

extension StoreTransaction {
    /// Refuses one more run to a user who keeps as much as he may; comes before the first write.
    ///
    /// Throws `limit_exceeded`. Administrators, root and the daemon's own user are not bound.
    func requireRoom(forRunOf user: UserID, isChild: Bool = false, _ call: inout CallContext) throws {
        let settings = call.environment.settings
        let rule = QuotaRule(settings.limits)
        guard rule.isSet, !call.peer.isAdministrator, user != 0, user != settings.daemonUser else { return }
        let stored = call.environment.storedBytes.value
        let refusal = rule.refusal(
            runs: try runCount(user: user), bytes: stored.map { $0[user] ?? 0 }, isChild: isChild)
        // Who is refused may have made room since.
        if rule.needsBytes { call.found(.countSpace(maxAge: refusal == nil ? 60_000 : 0)) }
        if let refusal { throw Failure.quota(refusal) }
    }
}

extension Failure {
    /// A user keeps as much as he may.
    fileprivate static func quota(_ refusal: QuotaRule.Refusal) -> Failure {
        let again = refusal.limit == "user_stored_bytes" ? " Bytes are counted again now and then." : ""
        return Failure(
            .limitExceeded,
            "you have \(refusal.found) \(refusal.what), and a user may have \(refusal.maximum)",
            hint: "`sidestep usage` shows what takes it. Delete runs that have ended (`sidestep delete`, "
                + "`sidestep prune`), those to be kept after `sidestep export`; or ask an administrator to raise "
                + "`limits.\(refusal.limit)`.\(again)"
        ).with(\.limit, refusal.limit)
    }

    /// Whether it is what a user keeps that stands in the way of a run.
    var isOfQuota: Bool { limit == "user_runs" || limit == "user_stored_bytes" }
}
