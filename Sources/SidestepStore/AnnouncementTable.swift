import SidestepModel

/// An entry of the journal as it was just written.
public struct JournalNote: Sendable, Equatable {
    public var run: Int64
    public var entry: JournalEntry

    public init(run: Int64, entry: JournalEntry) {
        self.run = run
        self.entry = entry
    }
}

public protocol AnnouncementReading: AnyObject {
    /// The journal of all runs of a user (nil: of all) between two sequences, the second one included,
    /// in its order.
    ///
    /// - Parameter underWay: the runs that have begun and not ended at `after`; nil has them found,
    ///   which costs a look at every run. Afterwards those at `upTo`, for whoever reads on.
    func journal(
        user: UInt32?, after: Int64, upTo: Int64, underWay: inout Set<Int64>?
    ) throws(Failure) -> [JournalNote]
}

public protocol AnnouncementWriting: AnnouncementReading {
    /// The entries written since this was last asked.
    func takeNotes() -> [JournalNote]
    /// No entry has a higher sequence, and none that comes will have this one or a lower one.
    func lastSequence() throws(Failure) -> Int64
}
