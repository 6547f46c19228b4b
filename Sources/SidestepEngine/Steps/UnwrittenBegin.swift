import SidestepModel

/// A use case that ends an attempt of a step, whose beginning may not be written yet.
public protocol EndsStep: Command {
    /// Proof of the lease that the step is begun and ended under.
    var proof: LeaseProof { get }
    /// The step's name.
    var step: String { get }
    /// The beginning, when it was not written yet.
    var begun: UnwrittenBegin? { get set }
}

/// A `step.begin` notification that its own outcome overtook before it was written:
/// it joins the outcome's one write. Passed on, it is not copied.
public final class UnwrittenBegin: Sendable {
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
