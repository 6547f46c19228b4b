import NIOCore
import SidestepEngine
import SidestepModel

/// What `systemctl status` shows of the daemon: what is wrong, then what is served.
struct StatusLine: Equatable {
    /// Open runs by their status.
    var runs: [RunStatus: Int64] = [:]
    /// Why the last commit failed; nil when it did not.
    var storeTrouble: ErrorKind?
    var failingWebhooks = 0

    var text: String {
        var parts: [String] = []
        switch storeTrouble {
        case .storageFull: parts.append("the disk is full: nothing is recorded")
        case .some: parts.append("the database cannot be written: nothing is recorded")
        case nil: break
        }
        if let paused = runs[.paused], paused > 0 { parts.append(Self.count(paused, "run") + " paused") }
        if failingWebhooks > 0 { parts.append(Self.count(Int64(failingWebhooks), "webhook") + " failing") }
        let open = runs.values.reduce(0, +)
        parts.append("serving \(Self.count(open, "open run")), \(runs[.running] ?? 0) of them with an owner")
        return parts.joined(separator: "; ")
    }

    private static func count(_ number: Int64, _ word: String) -> String {
        "\(number) \(word)\(number == 1 ? "" : "s")"
    }
}

/// Looks again and again and tells the service manager what is new. Unchecked: all state is touched on the loop.
final class StatusReporter: @unchecked Sendable {
    static let interval = TimeAmount.seconds(5)

    private let coordinator: Coordinator
    private var told: StatusLine?

    init(_ coordinator: Coordinator) { self.coordinator = coordinator }

    func look() {
        var status = StatusLine()
        status.storeTrouble = coordinator.storeTrouble?.kind
        status.failingWebhooks = coordinator.courier?.failing.count ?? 0
        let seen = status
        coordinator.countOpenRuns { runs in
            var status = seen
            status.runs = runs
            guard status != self.told else { return }
            self.told = status
            ServiceManager.status(status.text)
        }
    }
}
