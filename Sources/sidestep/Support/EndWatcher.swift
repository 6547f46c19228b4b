@preconcurrency import Glibc
import Sidestep
import SidestepModel
import SidestepProtocol
import Synchronization

/// Hears, on a thread of its own, that a run is not ours any more: cancelled, paused, closed or taken over by
/// somebody.
enum EndWatcher {
    private final class Watch: Sendable {
        let run: String
        let owner: Int64
        let socket: String
        let isRecorded: Bool
        let told: @Sendable () -> Void
        /// The last entry heard of, -1 before the first. Not an `inout` through the endless loop of `work`: the
        /// optimizer of Swift 6.3.1 (LoopInvariantCodeMotion) then does not end either.
        let heard = Atomic<Int64>(-1)

        init(
            _ run: String, _ owner: Int64, _ socket: String, _ isRecorded: Bool,
            _ told: @escaping @Sendable () -> Void
        ) {
            (self.run, self.owner, self.socket, self.told) = (run, owner, socket, told)
            self.isRecorded = isRecorded
        }

        func note(_ sequence: Int64?) {
            if let sequence { heard.store(sequence, ordering: .relaxed) }
        }
    }

    private static let endings: Set<String> = [
        "run.cancel_requested", "run.cancelled", "run.paused", "run.failed", "run.interrupted",
    ]

    /// Watches until the program ends; `told` is called after each such entry of the journal.
    ///
    /// - Parameters:
    ///   - owner: our process as the daemon sees it.
    ///   - isRecorded: whether the program is told itself when the budget is used up: by the answer to its call.
    static func start(
        run: String, owner: Int64, socket: String, isRecorded: Bool, told: @escaping @Sendable () -> Void
    ) {
        let watch = Watch(run, owner, socket, isRecorded, told)
        BackgroundThread.start { work(watch) }
    }

    private static func work(_ watch: Watch) {
        while true {
            try? follow(watch)
            usleep(500_000)
        }
    }

    private static func follow(_ watch: Watch) throws {
        let connection = try BlockingConnection(socket: watch.socket, autostart: false)
        let heard = watch.heard.load(ordering: .relaxed)
        let begun = try connection.call("run.watch") { writer in
            writer.member("run", watch.run)
            if heard >= 0 { writer.member("after", heard) }
        }
        if heard < 0 { watch.note(begun["sequence"]?.integer) }
        while let (method, params) = try connection.nextNotification() {
            guard method == "run.event", let params else { continue }
            watch.note(params["sequence"]?.integer)
            guard let kind = params["kind"]?.string, endings.contains(kind) else { continue }
            if try !isOurs(watch) { watch.told() }
        }
    }

    /// Whether the entry was our own doing: a new start of the program interrupts the run, too.
    private static func isOurs(_ watch: Watch) throws -> Bool {
        let connection = try BlockingConnection(socket: watch.socket, autostart: false)
        let run = try connection.call("run.get") { $0.member("run", watch.run) }["run"]
        if watch.isRecorded, run?["reason"]?.string == PauseReason.budget.rawValue { return true }
        return run?["status"]?.string == RunStatus.running.rawValue && run?.present("cancel") == nil
            && run?["owner"]?["pid"]?.integer == watch.owner
    }
}
