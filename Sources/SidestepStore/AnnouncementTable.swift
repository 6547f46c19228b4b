import SidestepModel

/// An entry of the journal as it was just written.
public struct JournalNote: Sendable, Equatable {
    /// The key of the run that the entry is about.
    public var run: Int64
    /// What was written, with the sequence that the store gave it.
    public var entry: JournalEntry

    /// An entry for watchers and webhooks, who are told after the commit.
    public init(run: Int64, entry: JournalEntry) {
        self.run = run
        self.entry = entry
    }
}

/// Reads the journals of many runs as one: what watches go on from when they missed something.
public protocol AnnouncementReading: AnyObject {
    /// The journal of all runs of a user (nil: of all) between two sequences, the second one included,
    /// in its order; about as many bytes of it as a page has.
    ///
    /// - Parameter upTo: the last sequence; afterwards how far was looked.
    /// - Parameter underWay: the runs that have begun and not ended at `after`; nil has them found,
    ///   which costs a look at every run. Afterwards those at `upTo`, for whoever reads on.
    func journal(
        user: UserID?, after: Int64, upTo: inout Int64, underWay: inout Set<Int64>?
    ) throws(Failure) -> [JournalNote]
}

/// Tells a job what its own transaction has written to journals, before the commit.
public protocol AnnouncementWriting: AnnouncementReading {
    /// The entries written since this was last asked.
    func takeNotes() -> [JournalNote]
    /// The sequence up to which the journals are settled: each entry that has it or a lower one can be read once this
    /// transaction is committed, and none is added any more. Of this transaction's own entries and those of the commits
    /// before it, none is higher where there is one writer; where there are several, those may be that others still
    /// have under way.
    func settledSequence() throws(Failure) -> Int64
}
