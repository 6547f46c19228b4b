import SidestepModel

/// Looks at the named values of runs, the table `state`; they have no history.
public protocol StateReading: AnyObject {
    /// The value of now; nil when there is none.
    func state(run: Int64, name: String) throws(Failure) -> Payload?
    /// In the order of names.
    func states(run: Int64) throws(Failure) -> [(name: String, value: Payload)]
}

/// Writes named values for the owner of a run.
public protocol StateWriting: StateReading {
    /// Sets (or with nil deletes) one value where the run's epoch is still `epoch`;
    /// throws `lease_lost` otherwise.
    func setState(run: Int64, name: String, value: Payload?, epoch: Int64) throws(Failure)
}
