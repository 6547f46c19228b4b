import SidestepModel

public protocol ClockReading: AnyObject {
    /// How the wall clock stood against the time since boot when it was last looked at.
    func clockOffset() throws(Failure) -> (boot: String, milliseconds: Int64)?
}

public protocol ClockWriting: ClockReading {
    func saveClockOffset(boot: String, milliseconds: Int64) throws(Failure)
    /// Moves the ends of all running delays; dates stay.
    func shiftDelays(byMilliseconds jump: Int64) throws(Failure)
}
