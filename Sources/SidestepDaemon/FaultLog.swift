import Logging
import SidestepModel
import Synchronization

/// Writes the store's troubles to the log: each kind once in a while, with the name of the statement.
final class FaultLog: Sendable {
    /// One statement and one result code of SQLite's.
    private struct Kind: Hashable {
        let operation: String
        let code: Int32
    }

    private let log: Logger
    private let clock: any SidestepModel.Clock
    private let throttle = Mutex(LogThrottle<Kind>())

    init(_ log: Logger, _ clock: any SidestepModel.Clock) {
        self.log = log
        self.clock = clock
    }

    func note(_ fault: StoreFault) {
        let kind = Kind(operation: fault.operation, code: fault.code)
        let now = clock.now()
        guard let leftOut = throttle.withLock({ $0.admit(kind, at: now) }) else { return }
        log.error(
            "the database: \(fault.words)",
            metadata: [
                "statement": "\(fault.operation)", "code": "\(fault.code)", "left_out": "\(leftOut)",
            ])
    }
}
