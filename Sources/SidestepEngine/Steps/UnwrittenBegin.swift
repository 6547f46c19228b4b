import SidestepModel

/// A `step.begin` notification that its own outcome overtook before it was written:
/// it joins the outcome's one write.
public struct UnwrittenBegin: Sendable {
    /// The begin as it was sent; only one that is `isHoldable` is kept back.
    public let begin: BeginStep
    /// When the notification arrived.
    public let at: Instant

    /// Made by the server's `HeldBegins` when the outcome of a held begin comes.
    public init(begin: BeginStep, at: Instant) {
        self.begin = begin
        self.at = at
    }

    /// The step as it would stand had the notification been written; a step that cannot begin stays as it is.
    func applied(to known: StepRecord?, of run: RunRecord, _ call: CallContext) -> StepRecord? {
        guard let known else {
            return begin.prepared(StepRecord(run: run.key, name: begin.step, now: at), call, at: at)
        }
        return known.status == .backoff ? begin.prepared(known, call, at: at) : known
    }
}
