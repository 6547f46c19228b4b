import Logging
import NIOCore
import SidestepModel
import Synchronization

/// Writes notices to the log: what comes again and again as its first, and each minute as a number.
final class NoticeLog: Sendable {
    private struct State {
        var counts = NoticeCounts()
        var isWaiting = false

        /// Whether the end of a minute is to be waited for, and nobody does yet.
        mutating func beginsToWait() -> Bool {
            if isWaiting || counts.isEmpty { return false }
            isWaiting = true
            return true
        }
    }

    private let log: Logger
    private let clock: any SidestepModel.Clock
    private let loop: any EventLoop
    private let state = Mutex(State())

    init(_ log: Logger, _ clock: any SidestepModel.Clock, _ loop: any EventLoop) {
        self.log = log
        self.clock = clock
        self.loop = loop
    }

    func tell(_ notice: Notice) {
        let (isNew, hasToWait) = state.withLock { state in
            (state.counts.admits(notice, at: clock.now()), state.beginsToWait())
        }
        if isNew { write(notice) }
        if hasToWait { wait() }
    }

    private func wait() {
        loop.assumeIsolated().scheduleTask(in: .milliseconds(NoticeCounts.spanMilliseconds)) {
            let (counted, hasToWait) = self.state.withLock { state in
                state.isWaiting = false
                return (state.counts.takeOver(at: self.clock.now()), state.beginsToWait())
            }
            counted.forEach(self.write)
            if hasToWait { self.wait() }
        }
    }

    private func write(_ notice: Notice) {
        var fields: Logger.Metadata = ["event": "\(notice.kind.name)"]
        for (name, value) in notice.fields { fields[name.rawValue] = "\(value)" }
        log.log(level: notice.kind.level.asLogLevel, "\(notice.kind.sentence)", metadata: fields)
    }
}

extension NoticeLevel {
    fileprivate var asLogLevel: Logger.Level { Logger.Level(rawValue: rawValue) ?? .notice }
}
