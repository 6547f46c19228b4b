import NIOCore
import SidestepEngine
import SidestepModel
import Synchronization

/// What `systemctl status` shows of the daemon: what is wrong, then what is served.
struct StatusLine: Equatable, Sendable {
    /// Open runs by their status.
    var runs: [RunStatus: Int64] = [:]
    var storage = StorageCondition.State.ok
    var failingWebhooks = 0
    var isTracingFailing = false

    var text: String {
        var parts: [String] = []
        switch storage {
        case .full: parts.append("the disk is full: what would make the database grow is refused")
        case .failing: parts.append("the disk of the database fails: see the log")
        case .ok: break
        }
        if let paused = runs[.paused], paused > 0 { parts.append(Self.count(paused, "run") + " paused") }
        if failingWebhooks > 0 { parts.append(Self.count(Int64(failingWebhooks), "webhook") + " failing") }
        if isTracingFailing { parts.append("the collector of traces takes nothing") }
        let open = runs.values.reduce(0, +)
        parts.append("serving \(Self.count(open, "open run")), \(runs[.running] ?? 0) of them with an owner")
        return parts.joined(separator: "; ")
    }

    private static func count(_ number: Int64, _ word: String) -> String {
        "\(number) \(word)\(number == 1 ? "" : "s")"
    }
}

/// Looks again and again and tells the service manager what is new.
final class StatusReporter: Sendable {
    static let interval = TimeAmount.seconds(5)

    private let coordinator: Coordinator
    private let environment: Environment
    private let told = Mutex<StatusLine?>(nil)

    init(_ coordinator: Coordinator, _ environment: Environment) {
        self.coordinator = coordinator
        self.environment = environment
    }

    func look() {
        guard ServiceManager.isThere else { return }
        var status = StatusLine()
        status.storage = environment.storage.value.state
        status.failingWebhooks = coordinator.courier?.failing.count ?? 0
        status.isTracingFailing = (coordinator.spans?.failures ?? 0) > 0
        let seen = status
        coordinator.countOpenRuns { runs in
            var status = seen
            status.runs = runs
            let isNew = self.told.withLock { told in
                defer { told = status }
                return told != status
            }
            if isNew { ServiceManager.status(status.text) }
        }
    }
}
