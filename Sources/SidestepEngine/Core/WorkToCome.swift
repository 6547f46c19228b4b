import SidestepModel
import SidestepStore
import Synchronization

extension StoreReader {
    /// Whether something goes on, or time will bring it about, without any client.
    ///
    /// A run that is queued, interrupted or paused waits for somebody who connects.
    func hasWorkToCome(place: Int64) throws -> Bool {
        if try !ownedRuns(place: place).isEmpty { return true }
        if try firstChore() != nil { return true }
        var waiting = RunFilter(user: nil)
        waiting.status = .waiting
        waiting.limit = 1
        if try !runs(waiting).items.isEmpty { return true }
        let times = [
            try nextStepDeadline(), try nextLeaseExpiry(), try nextRunDue(), try nextOutOfTime(),
            try nextScheduleTime(), try nextExecution(place: place, after: Instant(milliseconds: 0)),
        ]
        if try !runningExecutions(place: place).isEmpty { return true }
        if times.contains(where: { $0 != nil }) { return true }
        for webhook in try webhooks(user: nil) where !webhook.isPaused {
            if try nextDelivery(of: webhook.key, place: place) != nil { return true }
        }
        return try statistics().beingRemoved > 0
    }
}

extension Coordinator {
    /// Counts open runs by their status; answers on the loop, with nothing when the store cannot tell.
    public func countOpenRuns(_ reply: @escaping @Sendable ([RunStatus: Int64]) -> Void) {
        read(daemonContext) { store, _ in
            Dictionary(uniqueKeysWithValues: try store.openRunCounts().map { ($0.status, $0.count) })
        } reply: { result in
            if case .success(let runs) = result { reply(runs) } else { reply([:]) }
        }
    }

    /// Looks behind everything that was submitted whether there is work without clients; answers on the loop.
    ///
    /// A store that cannot tell has some.
    public func lookForWork(_ reply: @escaping @Sendable (_ hasWork: Bool) -> Void) {
        ask(LookForWork()) { result in
            if case .success(let hasWork) = result { reply(hasWork) } else { reply(true) }
        }
    }

    /// The same for what is under way: runs with an owner, steps that the daemon executes.
    public func lookForWorkUnderWay(_ reply: @escaping @Sendable (_ hasWork: Bool) -> Void) {
        ask(LookForWorkUnderWay()) { result in
            if case .success(let hasWork) = result { reply(hasWork) } else { reply(true) }
        }
    }

    /// Performs a command of the daemon's own, once, and tells on the loop what came of it.
    private func ask<C: Command>(
        _ command: C, reply: @escaping @Sendable (Result<C.Result, Failure>) -> Void
    ) where C.Result: Sendable {
        let found = Found<C.Result>()
        let work: Call.Work = { store, context in
            let value = try command.perform(store, &context)
            found.value.withLock { $0 = value }
            return .done([])
        }
        submit([
            Call(environment: environment, peer: .daemon, session: 0, space: command.space, work: work) {
                done in
                reply(done.map { _ in found.value.withLock { $0 }! })
            }
        ])
    }

    /// What the writer's thread has found for the loop.
    private final class Found<Value: Sendable>: Sendable {
        let value = Mutex<Value?>(nil)
    }
}

/// Whether there is work without clients.
private struct LookForWork: Command {
    func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> Bool {
        try store.hasWorkToCome(place: call.environment.place)
    }
}

private struct LookForWorkUnderWay: Command {
    func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> Bool {
        try store.hasWorkUnderWay(place: call.environment.place)
    }
}
