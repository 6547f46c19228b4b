@preconcurrency import Glibc
import Sidestep
import SidestepProtocol

/// Hears, on a thread of its own, that a run is to end: cancelled, paused or closed by somebody.
enum EndWatcher {
    private final class Watch: Sendable {
        let run: String
        let socket: String
        let told: @Sendable () -> Void
        init(_ run: String, _ socket: String, _ told: @escaping @Sendable () -> Void) {
            (self.run, self.socket, self.told) = (run, socket, told)
        }
    }

    private static let endings: Set<String> = [
        "run.cancel_requested", "run.cancelled", "run.paused", "run.failed", "run.interrupted",
    ]

    /// Watches until the program ends; `told` is called at each such entry of the journal.
    static func start(run: String, socket: String, told: @escaping @Sendable () -> Void) {
        let watch = Unmanaged.passRetained(Watch(run, socket, told))
        var thread: pthread_t = 0
        pthread_create(
            &thread, nil,
            { context in
                EndWatcher.work(Unmanaged<Watch>.fromOpaque(context!).takeRetainedValue())
                return nil
            }, watch.toOpaque())
        pthread_detach(thread)
    }

    private static func work(_ watch: Watch) {
        var mask = sigset_t()
        sigfillset(&mask)
        pthread_sigmask(SIG_BLOCK, &mask, nil)
        var after: Int64?
        while true {
            if let connection = try? BlockingConnection(socket: watch.socket, autostart: false) {
                try? follow(connection, watch, &after)
            }
            usleep(500_000)
        }
    }

    private static func follow(_ connection: BlockingConnection, _ watch: Watch, _ after: inout Int64?) throws
    {
        let begun = try connection.call("run.watch") { writer in
            writer.member("run", watch.run)
            writer.member("after", after)
        }
        after = after ?? begun["sequence"]?.integer
        while let (method, params) = try connection.nextNotification() {
            guard method == "run.event", let params else { continue }
            after = params["sequence"]?.integer ?? after
            if let kind = params["kind"]?.string, endings.contains(kind) { watch.told() }
        }
    }
}
