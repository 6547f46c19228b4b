import Logging
import SidestepEngine
import SidestepServer

/// Leaves when a daemon that drains has nothing under way any more.
struct DrainExit: Sendable {
    private static let interval: Int64 = 500

    private let departure: Departure
    private let log: Logger

    init(
        loop: any EngineLoop, _ server: SocketServer, _ coordinator: Coordinator, _ log: Logger
    ) {
        self.log = log
        departure = Departure(loop, server, log, farewell: "drained; leaving") {
            coordinator.lookForWorkUnderWay($0)
        }
    }

    /// Begins to look, or ends it, on the loop.
    func set(_ isOn: Bool) {
        departure.stay()
        log.notice(isOn ? "draining: nothing new starts" : "draining no more: runs start again")
        if isOn { departure.leave(afterMilliseconds: Self.interval) }
    }
}
