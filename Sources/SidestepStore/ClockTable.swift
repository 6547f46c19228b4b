import SidestepModel

/// Tells how the clocks stood, so that a wall clock that was set meanwhile is noticed.
public protocol ClockReading: AnyObject {
    /// How the wall clock stood against the time since boot when it was last looked at.
    func clockOffset() throws(Failure) -> (boot: String, milliseconds: Int64)?
}

/// Says what time a transaction has, notes how the clocks stand, and moves what a wall clock that was set would end too
/// early or too late.
public protocol ClockWriting: ClockReading {
    /// The moment of the transaction: the same for all jobs of one commit, and never before that of an earlier one as
    /// long as nobody sets the clock (`StoreTime`).
    var now: Instant { get }
    /// Notes for this boot the wall clock less the time since boot; the table has this one row.
    func saveClockOffset(boot: String, milliseconds: Int64) throws(Failure)
    /// Moves the ends of all running delays; dates stay.
    func shiftDelays(byMilliseconds jump: Int64) throws(Failure)
}
