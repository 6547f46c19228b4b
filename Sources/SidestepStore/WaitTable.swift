import SidestepModel

/// Looks at open waits, the table `wait`; the waits themselves are steps.
public protocol WaitReading: AnyObject {
    /// The open waits for this, by their steps, the oldest first.
    ///
    /// - Parameter run: where the signal or promise belongs, or the run that is awaited.
    func waitingSteps(run: Int64, _ condition: WaitCondition, limit: Int) throws(Failure) -> [StepRecord]
    /// Open waits that time ends, soonest first; nil looks through all runs of the user.
    func timers(run: Int64?, user: UserID?, limit: Int) throws(Failure) -> [StepRecord]
}

/// Notes what steps wait for, and forgets it when a wait is over.
public protocol WaitWriting: WaitReading {
    /// Notes what the step waits for, where the epoch of its run is still `epoch`;
    /// throws `lease_lost` otherwise.
    func insertWait(
        step: StepRecord, position: Int, source: Int64, _ condition: WaitCondition, epoch: Int64
    ) throws(Failure)
    /// Forgets what a step waited for.
    func deleteWaits(step: Int64) throws(Failure)
}

/// Looks at signals: the tables `signal` and `early_signal`.
public protocol SignalReading: AnyObject {
    /// The oldest signal of this name that no wait has consumed.
    func pendingSignal(run: Int64, name: String) throws(Failure) -> SignalRecord?
    /// The signal that was sent under this id; nil lets it be sent.
    func signal(run: Int64, messageID: String) throws(Failure) -> SignalRecord?
    /// In the order in which they were sent, after the key.
    func signals(
        run: Int64, name: String?, pendingOnly: Bool, after key: Int64, limit: Int
    ) throws(Failure) -> Page<SignalRecord>
    /// How many signals of the run no wait has consumed, of all names: `pending_signals` bounds it.
    func pendingSignalCount(run: Int64) throws(Failure) -> Int64
    /// A signal to a run that is not made yet.
    func earlySignal(user: UserID, id: String, messageID: String) throws(Failure) -> SignalRecord?
    /// All of them to one run, in the order in which they were sent.
    func earlySignals(user: UserID, id: String) throws(Failure) -> [SignalRecord]
    /// How many signals wait for that run to be made.
    func earlySignalCount(user: UserID, id: String) throws(Failure) -> Int64
}

/// Keeps signals, gives them to waits, and takes them back.
public protocol SignalWriting: SignalReading {
    /// Adds a signal behind those there are, consumed or pending as the record says.
    func insertSignal(_ signal: SignalRecord) throws(Failure)
    /// Keeps a signal for a run of this user that is not made yet.
    func insertEarlySignal(_ signal: SignalRecord, user: UserID, id: String) throws(Failure)
    /// Forgets those that were kept for a run.
    func deleteEarlySignals(user: UserID, id: String) throws(Failure)
    /// Forgets some of those that are older.
    func forgetEarlySignals(before moment: Instant) throws(Failure)
    /// Notes which step a signal went to.
    func consumeSignal(key: Int64, by step: String, at now: Instant) throws(Failure)
    /// Makes what a step took pending again, in its old place, and returns it.
    func giveBackSignals(run: Int64, from step: String) throws(Failure) -> [SignalRecord]
}

/// Looks at promises, the table `promise`.
public protocol PromiseReading: AnyObject {
    /// The run's promise of this name; nil when nobody has named it yet.
    func promise(run: Int64, name: String) throws(Failure) -> PromiseRecord?
    /// In the order in which they were made.
    func promises(run: Int64, status: PromiseRecord.Status?) throws(Failure) -> [PromiseRecord]
}

/// Makes promises and settles them.
public protocol PromiseWriting: PromiseReading {
    /// Adds a promise; with an epoch only where the run's is still that one, throwing `lease_lost` otherwise.
    func insertPromise(_ promise: PromiseRecord, epoch: Int64?) throws(Failure)
    /// Writes the outcome of a promise that is pending.
    func settlePromise(_ promise: PromiseRecord) throws(Failure)
}
