import SidestepModel
import SidestepStore

extension StoreReader {
    /// Whether something goes on, or time will bring it about, without any client.
    ///
    /// A run that is queued, interrupted or paused waits for somebody who connects.
    func hasWorkToCome() throws -> Bool {
        if try !ownedRuns().isEmpty { return true }
        if try firstChore() != nil { return true }
        var waiting = RunFilter(user: nil)
        waiting.status = .waiting
        waiting.limit = 1
        if try !runs(waiting).items.isEmpty { return true }
        let times = [
            try nextStepDeadline(), try nextLeaseExpiry(), try nextRunDue(), try nextOutOfTime(),
            try nextScheduleTime(), try nextExecution(after: Instant(milliseconds: 0)),
        ]
        if try !runningExecutions().isEmpty { return true }
        if times.contains(where: { $0 != nil }) { return true }
        if try !runningExecutions().isEmpty { return true }
        if try nextExecution(after: Instant(milliseconds: 0)) != nil { return true }
        for webhook in try webhooks(user: nil) where !webhook.isPaused {
            if try nextDelivery(of: webhook.key) != nil { return true }
        }
        return try statistics().beingRemoved > 0
    }
}

extension Coordinator {
    /// Counts open runs by their status; answers on the loop, with nothing when the store cannot tell.
    public func countOpenRuns(_ reply: @escaping @Sendable ([RunStatus: Int64]) -> Void) {
        let found = Counts()
        read(daemonContext) { store, _ in
            found.runs = Dictionary(
                uniqueKeysWithValues: try store.openRunCounts().map { ($0.status, $0.count) })
            return []
        } reply: { _ in
            reply(found.runs)
        }
    }

    /// Unchecked: written by a reader, then read on the loop.
    private final class Counts: @unchecked Sendable {
        var runs: [RunStatus: Int64] = [:]
    }

    /// Looks behind everything that was submitted whether there is work without clients; answers on the loop.
    ///
    /// A store that cannot tell has some.
    public func lookForWork(_ reply: @escaping @Sendable (_ hasWork: Bool) -> Void) {
        let work: Call.Work = { store, _ in .done(Array("\(try store.hasWorkToCome())".utf8)) }
        submit([
            Call(environment: environment, peer: .daemon, session: 0, work: work) { result in
                reply((try? result.get()) != Array("false".utf8))
            }
        ])
    }
}
