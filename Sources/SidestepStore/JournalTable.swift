import SidestepModel

/// Looks at the journal of one run; a completed step stands in it as its own entry.
public protocol JournalReading: AnyObject {
    /// Entries behind a sequence, oldest first, without those of runs that it was forked from; about as many bytes of
    /// them as a page has.
    func history(run: Int64, after sequence: Int64, limit: Int) throws(Failure) -> Page<JournalEntry>
    /// Entries of the journal itself below a sequence, the newest first, with the details of leases and interruptions
    /// alone; completed steps are not among them.
    func entries(run: Int64, before sequence: Int64, limit: Int) throws(Failure) -> Page<JournalEntry>
    /// When the first of these entries from a sequence on happened; nil when there is none.
    func journalMoment(run: Int64, from sequence: Int64) throws(Failure) -> (sequence: Int64, at: Instant)?
    /// The newest entry of each kind among the run's last `count`.
    func newestEntries(run: Int64, among count: Int) throws(Failure) -> [JournalEntry]
    /// Whether the run recorded a step or a checkpoint after `sequence`.
    func hasProgress(run: Int64, since sequence: Int64) throws(Failure) -> Bool
}

/// Appends to journals; every entry gets the next sequence.
public protocol JournalWriting: JournalReading {
    /// Appends an entry; returns its sequence.
    ///
    /// - Parameter begun: when the attempt began that the entry tells the end of.
    @discardableResult
    func append(
        run: Int64, at: Instant, kind: JournalKind, step: String?, attempt: Int64?, begun: Instant?,
        detail: Payload?
    ) throws(Failure) -> Int64
}

extension JournalWriting {
    /// Appends an entry about a run as a whole.
    @discardableResult
    public func append(
        run: Int64, at: Instant, kind: JournalKind, detail: Payload? = nil
    ) throws(Failure) -> Int64 {
        try append(run: run, at: at, kind: kind, step: nil, attempt: nil, begun: nil, detail: detail)
    }

    /// Appends an entry about a step that is the end of nothing.
    @discardableResult
    public func append(
        run: Int64, at: Instant, kind: JournalKind, step: String?, attempt: Int64?, detail: Payload?
    ) throws(Failure) -> Int64 {
        try append(run: run, at: at, kind: kind, step: step, attempt: attempt, begun: nil, detail: detail)
    }
}
