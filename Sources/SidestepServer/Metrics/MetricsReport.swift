import SidestepEngine
import SidestepHost
import SidestepModel
import SidestepProtocol
import SidestepStore

/// All metrics of the daemon at one moment, as text.
struct MetricsReport {
    private let about: DaemonInformation
    private let store: any StoreReader
    private let environment: Environment
    private var text = MetricsText()

    static func text(
        _ about: DaemonInformation, _ store: any StoreReader, _ environment: Environment
    ) throws -> String {
        var report = MetricsReport(about, store, environment)
        report.addProcess()
        report.addCalls()
        report.addStore()
        try report.addWork()
        return report.text.ended
    }

    private init(_ about: DaemonInformation, _ store: any StoreReader, _ environment: Environment) {
        (self.about, self.store, self.environment) = (about, store, environment)
    }

    private mutating func addProcess() {
        text.begin(.build)
        text.sample(1, [about.version, about.storeVersion])
        text.add(.startTime, Double(about.started.milliseconds) / 1000)
        let use = ProcessUse.own
        text.add(.cpu, use.processorSeconds)
        text.add(.resident, use.residentBytes)
        text.add(.descriptors, use.descriptors)
    }

    private mutating func addCalls() {
        let (live, meters) = (environment.liveCounts, environment.meters)
        text.add(.connections, live.connections)
        text.begin(.requests)
        for (method, answers) in meters.requests.value.sorted(by: { $0.key < $1.key }) {
            if answers.ok > 0 { text.sample(answers.ok, [method, "ok"]) }
            for (kind, count) in answers.errors.sorted(by: { $0.key < $1.key }) {
                text.sample(count, [method, kind])
            }
        }
        text.add(.parkedCalls, meters.parkedCalls.value)
        text.add(.owners, meters.owners.value)
        text.add(.workers, live.workers)
        text.add(.executing, live.executingSteps)
        text.begin(.attempts)
        text.sample(meters.completed.value, ["completed"])
        text.sample(meters.failed.value, ["failed"])
        text.sample(meters.lost.value, ["lost"])
    }

    private mutating func addStore() {
        text.add(.commits, environment.meters.commits.value)
        text.add(.batches, environment.meters.batches.value)
        text.add(.database, about.databaseBytes())
        text.begin(.storage)
        let now = about.storage().state
        for state in StorageCondition.State.allCases { text.sample(state == now ? 1 : 0, [state.rawValue]) }
    }

    // MARK: What all users have

    private mutating func addWork() throws {
        let counts = try store.runCounts(user: nil)
        text.begin(.runs)
        for status in RunStatus.allCases {
            text.sample(counts.first { $0.status == status }?.count ?? 0, [status.rawValue])
        }
        try addQueues()
        try addLimits()
        text.begin(.breakers)
        for record in try store.breakers(user: nil).prefix(Metric.mostNames) {
            text.sample(record.breaker.state == .closed ? 0 : 1, [Self.user(record.userID), record.name])
        }
        text.begin(.deliveries)
        for webhook in try store.webhooks(user: nil).prefix(Metric.mostNames) {
            let pending = try store.pending(webhook: webhook.key, upTo: Self.mostPending)
            text.sample(pending, ["\(webhook.userID)", webhook.name])
        }
    }

    private mutating func addQueues() throws {
        let queues = try store.queues(user: nil).prefix(Metric.mostNames)
        text.begin(.queued)
        for queue in queues {
            let waiting = try store.waitingRuns(user: queue.userID, queue: queue.name)
            text.sample(waiting, ["\(queue.userID)", queue.name])
        }
        text.begin(.owned)
        for queue in queues {
            let owned = try store.runningRuns(user: queue.userID, queue: queue.name)
            text.sample(owned, ["\(queue.userID)", queue.name])
        }
    }

    private mutating func addLimits() throws {
        let limits = try store.limits(user: nil).prefix(Metric.mostNames)
        text.begin(.holders)
        for limit in limits {
            text.sample(try store.holders(limit: limit.key), [Self.user(limit.userID), limit.name])
        }
        text.begin(.room)
        for limit in limits {
            guard let concurrency = limit.concurrency else { continue }
            text.sample(concurrency, [Self.user(limit.userID), limit.name])
        }
    }

    /// How far pending deliveries are counted.
    private static let mostPending = 10_000

    private static func user(_ user: Int64) -> String { user == LimitRecord.everybody ? "all" : "\(user)" }
}
