/// Where a fork takes its first records from: those of `run` up to `sequence`.
public struct RunOrigin: Sendable, Equatable {
    /// The store's number of the run.
    public var run: Int64
    /// The last place in the journal that is shared.
    public var sequence: Int64

    /// Shares what `run` has in its journal up to `sequence`, that place included.
    public init(run: Int64, sequence: Int64) {
        self.run = run
        self.sequence = sequence
    }
}

/// What a fork was made from, as its maker said it.
public struct Lineage: Sendable, Equatable {
    /// The id of the source, which may be removed by now.
    public var source: String
    /// The source's generation when it was forked.
    public var generation: Int64
    /// The place as `run.fork` named it, before it was turned into a `RunOrigin`.
    public var point: ForkPoint

    /// What `forked_from` shows of a fork.
    public init(source: String, generation: Int64, point: ForkPoint) {
        self.source = source
        self.generation = generation
        self.point = point
    }
}

/// Where a run is forked.
public enum ForkPoint: Sendable, Equatable {
    /// Before this step, which is executed again.
    case step(String)
    /// Where this checkpoint was saved.
    case checkpoint(String)
    /// Before the end of this recording, which is made again or gets another answer.
    case recording(Int64)
    /// Where it failed: everything completed is shared.
    case failed
    /// Where it stands.
    case end
}
