import NIOCore
import Sidestep

/// A call that nobody listens to.
extension LiveCall {
    /// The agent went away. As long as its start lasts it may come back for the answer, but not for ever;
    /// after that the next start is given it. What is not written down yet waits for that: `RecorderCore.began`.
    func abandoned() {
        guard !isOver, number != nil else { return }
        wait(core.isRunning ? core.options.detachGrace : core.options.inflightMaximum)
    }

    /// The start of the agent is over: its call goes on for the next one.
    func epochEnded() {
        guard !isOver else { return }
        wait(core.options.inflightMaximum)
    }

    private func wait(_ span: Duration) {
        limit?.cancel()
        let bound = NIOLoopBound(self, eventLoop: core.loop)
        limit = core.loop.scheduleTask(in: TimeAmount(span)) {
            if bound.value.answer.deliveries.isEmpty { bound.value.cancel() }
        }
    }

    /// Ends it at the upstream: nobody wants it any more.
    func cancel() {
        guard !isOver else { return }
        fail("nobody waited for the answer any more", state: "cancelled")
    }
}
