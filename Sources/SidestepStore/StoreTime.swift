import SidestepModel

/// The time that a store gives its transactions: one moment a commit, and none before that of the commit before it.
///
/// A clock that is being disciplined goes back by some milliseconds now and then: time stands still until it has caught
/// up, so that nothing is written as having ended before it began. A clock that somebody set back is followed, for all
/// delays are moved with it (`ClockWriting.shiftDelays`).
public struct StoreTime: Sendable {
    /// Milliseconds by which a clock differs from what it should say when somebody has set it.
    public static let jump: Int64 = 250

    private var last: Instant?

    /// The time of a store that has committed nothing yet.
    public init() {}

    /// The moment of the next commit.
    ///
    /// - Parameter reading: what the clock says.
    public mutating func moment(_ reading: Instant) -> Instant {
        let last = last ?? reading
        let moment = last.milliseconds(since: reading) >= Self.jump ? reading : max(last, reading)
        self.last = moment
        return moment
    }
}
