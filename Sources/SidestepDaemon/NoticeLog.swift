import Logging
import NIOCore
import SidestepModel

/// Writes notices to the log: what comes again and again as its first, and each minute as a number.
///
/// Unchecked: all state is touched on the loop.
final class NoticeLog: @unchecked Sendable {
    private let log: Logger
    private let clock: any SidestepModel.Clock
    private let loop: any EventLoop
    private var counts = NoticeCounts()
    private var isWaiting = false

    init(_ log: Logger, _ clock: any SidestepModel.Clock, _ loop: any EventLoop) {
        self.log = log
        self.clock = clock
        self.loop = loop
    }

    func tell(_ notice: Notice) {
        if counts.admits(notice, at: clock.now()) { write(notice) }
        if !isWaiting, !counts.isEmpty { wait() }
    }

    private func wait() {
        isWaiting = true
        loop.assumeIsolated().scheduleTask(in: .milliseconds(NoticeCounts.spanMilliseconds)) {
            self.isWaiting = false
            self.counts.takeOver(at: self.clock.now()).forEach(self.write)
            if !self.counts.isEmpty { self.wait() }
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
