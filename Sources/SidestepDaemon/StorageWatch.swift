import Logging
import SidestepModel
import SidestepSQLite
import Synchronization

/// Keeps what the store says of its disk: for the log when it changes, for the service manager, and for whoever asks.
final class StorageWatch: Sendable {
    private struct State {
        var condition: StorageCondition
        var isReserveHeld = true
    }

    private let log: Logger
    private let clock: any SidestepModel.Clock
    private let state: Mutex<State>

    init(_ log: Logger, _ clock: any SidestepModel.Clock) {
        (self.log, self.clock) = (log, clock)
        state = Mutex(State(condition: StorageCondition(since: clock.now())))
    }

    var condition: StorageCondition { state.withLock { $0.condition } }

    func note(_ news: StoreNews) {
        let now = clock.now()
        let changed: StorageCondition? = state.withLock { state in
            let isChanged =
                switch news {
                case .failed(let trouble, let message, let part):
                    state.condition.met(trouble, message, in: part, at: now)
                case .recovered(let part): state.condition.recovered(part, at: now)
                case .reserve: false
                }
            return isChanged ? state.condition : nil
        }
        if let changed { tell(changed) }
        if case .reserve(let isHeld) = news { tell(reserve: isHeld) }
    }

    private func tell(_ condition: StorageCondition) {
        let fields: Logger.Metadata = condition.message.map { ["reason": "\($0)"] } ?? [:]
        switch condition.state {
        case .ok: log.notice("the disk of the database is well again")
        case .full:
            log.error(
                "the disk of the database is full: what would make it grow is refused", metadata: fields)
        case .failing: log.error("the disk of the database fails", metadata: fields)
        }
        ServiceManager.status(Self.status(condition))
    }

    private func tell(reserve isHeld: Bool) {
        if isHeld { return log.notice("there is space again, and the reserve is back") }
        log.warning(
            """
            the reserve was given up: prune, delete, cancel and the end of runs still work. Free space, or remove \
            runs that are not needed (sidestep prune)
            """)
    }

    /// What `systemctl status` shows.
    static func status(_ condition: StorageCondition) -> String {
        switch condition.state {
        case .ok: "serving"
        case .full: "the disk is full: what would make the database grow is refused"
        case .failing: "the disk fails: \(condition.message ?? "see the log")"
        }
    }
}
