import SidestepModel
import SidestepStore

/// Where the deletion of recorded bodies goes on.
public struct ForgettingPlace: Sendable, Equatable {
    /// The run before the one that is looked at.
    var after: Int64 = 0
    /// The number of the recording that was looked at last of that one: later ones are done.
    var below: Int64 = .max

    /// The first one.
    public init() {}
}

/// Deletes a bounded number of bodies of recordings that were to be kept for so long, and goes on with the next ones.
struct ForgetBodies: Command {
    var space: SpaceUse { .frees }
    /// Rows in one transaction: some milliseconds of work.
    static let batchRows = 500
    static let pauseMilliseconds: Int64 = 10

    let place: ForgettingPlace

    func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws {
        guard let due = try store.overdueRecorder(after: place.after, now: call.now) else { return }
        let empty = try BodyKeeper(store, user: due.user, call).keep([])
        var next = place
        let left = try store.forgetBodies(
            of: due.run, below: place.below, leaving: empty, now: call.now, limit: Self.batchRows)
        if let left { next.below = left } else { (next.after, next.below) = (due.run, .max) }
        call.after(.later(.forget(next), Self.pauseMilliseconds))
    }
}

extension StoreTransaction {
    /// The run has completed: its recorded bodies go, where that was asked for.
    func forgetBodies(of run: RunRecord, _ call: inout CallContext) throws {
        guard run.status == .completed, try recorder(run: run.key)?.forgetsOnSuccess == true else { return }
        call.after(.later(.forget(ForgettingPlace()), 0))
    }
}
