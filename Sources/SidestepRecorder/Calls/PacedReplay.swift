import NIOCore
import SidestepRecording

/// A recorded stream on its way once more, with the pauses that it had.
///
/// It ends with its last part, when nobody reads it any more, or with the loop.
final class PacedReplay {
    private let answer: Answer
    private let loop: any EventLoop
    /// Where each part ends, and when it comes, from the beginning on.
    private var left: ArraySlice<(end: Int, moment: Int)>
    private let beganAt = NIODeadline.now()
    private var timer: Scheduled<Void>?

    /// Nil for what is no stream, or has no times.
    init?(_ answer: Answer, _ parts: ReplyParts, on loop: any EventLoop) {
        if parts.pauses.isEmpty { return nil }
        (self.answer, self.loop) = (answer, loop)
        let ends = parts.splits + [answer.spool.count]
        left = zip(ends, ReplyPace.moments(after: parts.pauses)).map { (end: $0, moment: $1) }[...]
        answer.abandoned = { [weak self] in self?.timer?.cancel() }
    }

    /// Hands out what is due, and comes again for the rest.
    func go() {
        let now = NIODeadline.now()
        while let part = left.first, due(part.moment) <= now {
            answer.release(part.end)
            left.removeFirst()
        }
        guard let next = left.first else { return answer.end(.complete) }
        answer.pump()
        // Nobody may be left by now.
        if answer.deliveries.isEmpty { return }
        let bound = NIOLoopBound(self, eventLoop: loop)
        timer = loop.scheduleTask(deadline: due(next.moment)) { bound.value.go() }
    }

    private func due(_ moment: Int) -> NIODeadline { beganAt + .milliseconds(Int64(moment)) }
}
