import SidestepModel

/// Looks at what of runs is to be sent to the collector of traces: the table `trace`.
public protocol TraceReading: AnyObject {
    /// The keys of runs of which not all was sent, in their order, behind one.
    func tracedRuns(after run: Int64, limit: Int) throws(Failure) -> [Int64]
    /// Up to which sequence a run's ends were sent; nil when nothing of it is to be sent.
    func tracedSequence(run: Int64) throws(Failure) -> Int64?
    /// What ended in a run behind a sequence, oldest first; steps of runs that it was forked from are not among them.
    /// Every entry of the journal counts against the limit, whether it tells of an end or not.
    ///
    /// - Parameter detailBytes: details of more bytes are left out.
    func tracedEnds(run: Int64, after sequence: Int64, limit: Int, detailBytes: Int) throws(Failure)
        -> Page<TracedEnd>
    /// What happened to the run as a whole, the newest first.
    func tracedEvents(run: Int64, limit: Int, detailBytes: Int) throws(Failure) -> Page<TracedEvent>
}

/// Keeps account of what was sent.
public protocol TraceWriting: TraceReading {
    /// What a run does behind this sequence is to be sent; one that is followed already stays as it is.
    func follow(run: Int64, from sequence: Int64) throws(Failure)
    /// The ends up to this sequence were sent.
    func traced(run: Int64, upTo sequence: Int64) throws(Failure)
    /// All was sent, unless something has happened behind this sequence.
    func tracedAll(run: Int64, upTo sequence: Int64) throws(Failure)
}
