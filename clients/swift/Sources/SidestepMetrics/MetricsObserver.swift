import Metrics
import Sidestep
import Synchronization

/// Counts and times what a client does, for swift-metrics.
///
/// There are a counter and a timer for each kind of activity: `sidestep_steps_total` and
/// `sidestep_step_duration_seconds`, and so for `workflow`, `wait` and `call`. Their dimensions are `name` (without
/// keys, numbers and the steps around) and `outcome`: `completed`, `failed`, `cancelled`, `suspended`.
public final class MetricsObserver: Observer {
    private struct Key: Hashable {
        let kind: Activity.Kind
        let name: String
        let outcome: String
    }

    private struct Series {
        let total: Counter
        let duration: Timer
    }

    private let factory: any MetricsFactory
    private let known = Mutex<[Key: Series]>([:])

    /// - Parameter factory: makes the counters and timers; the one of the process unless said otherwise.
    public init(factory: any MetricsFactory = MetricsSystem.factory) { self.factory = factory }

    /// Executes `body`, and notes how long it took and what came of it.
    public func surround<Value>(_ activity: Activity, _ body: () async throws -> Value) async throws -> Value
    {
        let start = ContinuousClock.now
        do {
            let value = try await body()
            note(activity, since: start, "completed")
            return value
        } catch {
            note(activity, since: start, Self.outcome(error))
            throw error
        }
    }

    private func note(_ activity: Activity, since start: ContinuousClock.Instant, _ outcome: String) {
        let series = series(Key(kind: activity.kind, name: activity.family, outcome: outcome))
        series.total.increment()
        series.duration.record(duration: ContinuousClock.now - start)
    }

    private func series(_ key: Key) -> Series {
        known.withLock { known in
            if let series = known[key] { return series }
            let dimensions = [("name", key.name), ("outcome", key.outcome)]
            let series = Series(
                total: Counter(
                    label: "sidestep_\(key.kind.rawValue)s_total", dimensions: dimensions, factory: factory),
                duration: Timer(
                    label: "sidestep_\(key.kind.rawValue)_duration_seconds", dimensions: dimensions,
                    factory: factory))
            known[key] = series
            return series
        }
    }

    private static func outcome(_ error: any Error) -> String {
        switch error {
        case is CancellationError: "cancelled"
        case is RunSuspended: "suspended"
        default: "failed"
        }
    }
}

extension SidestepClient.Configuration {
    /// Counts and times what the client does.
    ///
    /// - Parameter factory: makes the counters and timers; the one of the process unless said otherwise.
    public mutating func measure(with factory: any MetricsFactory = MetricsSystem.factory) {
        observers.append(MetricsObserver(factory: factory))
    }
}
