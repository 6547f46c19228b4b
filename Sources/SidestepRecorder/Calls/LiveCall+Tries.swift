import Glibc
import NIOCore
import SidestepModel
import SidestepRecording

/// Another try of a call that came to nothing.
extension LiveCall {
    /// Whether it is sent once more after a pause: of what comes now the agent is handed nothing.
    func isTriedAgain(after outcome: UpstreamRetries.Outcome) -> Bool {
        guard request.socket == nil,
            let milliseconds = core.options.retries.pause(
                after: outcome, made: repeated, now: .now, chance: .random(in: 0...1))
        else { return false }
        stop()
        repeated += 1
        core.report.repeated += 1
        let bound = NIOLoopBound(self, eventLoop: core.loop)
        pause = core.loop.scheduleTask(in: .milliseconds(milliseconds)) { bound.value.tryAgain() }
        return true
    }

    private func tryAgain() {
        pause = nil
        if !isOver { send() }
    }
}

extension Instant {
    /// By the clock that a date of HTTP is read on.
    fileprivate static var now: Instant { Instant(milliseconds: Int64(time(nil)) * 1000) }
}
