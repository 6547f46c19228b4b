/// A client that was told to crash did: its connection is gone, and its runs are free for the next owner.
public struct SimulatedCrash: Error, Equatable {
    /// The step it happened at.
    public let step: String
}
