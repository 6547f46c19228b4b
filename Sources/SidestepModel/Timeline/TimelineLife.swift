/// The time that a run had one owner.
public struct TimelineLife: Sendable, Equatable {
    /// The number of the lease.
    public var epoch: Int64
    /// What kept the lease: `connection`, `process` or `time`; nil where the journal does not tell.
    public var owner: String?
    /// The process, where it is known.
    public var pid: Int64?
    /// Its user.
    public var uid: Int64?
    /// When the lease was granted.
    public var from: Instant
    /// When it ended; nil while it goes on.
    public var until: Instant?
    /// How it ended: why its owner was lost, or `completed`, `failed`, `cancelled`, `paused`, `released`, `suspended`.
    public var end: String?

    /// A life that goes on.
    public init(epoch: Int64, owner: String?, pid: Int64?, uid: Int64?, from: Instant) {
        self.epoch = epoch
        self.owner = owner
        self.pid = pid
        self.uid = uid
        self.from = from
    }
}

/// Something that happened once, or several times in one place of a drawing.
public struct TimelineMark: Sendable, Equatable {
    /// When, of the first one.
    public var at: Instant
    /// The word of the journal.
    public var kind: String
    /// How often in this column.
    public var count: Int

    /// One that happened now.
    public init(at: Instant, kind: String) {
        self.at = at
        self.kind = kind
        count = 1
    }
}

extension [TimelineMark] {
    /// The marks of journal entries, the oldest first; those of one kind in one column are one.
    ///
    /// Leases and completed steps are drawn otherwise.
    public init(_ entries: [JournalEntry], _ scale: TimelineScale) {
        self = []
        var last: [String: Int] = [:]
        for entry in entries where entry.kind != JournalKind.leaseGranted.rawValue {
            guard entry.at >= scale.from, entry.at <= scale.until else { continue }
            if let index = last[entry.kind], scale.column(of: self[index].at) == scale.column(of: entry.at) {
                self[index].count += 1
                continue
            }
            last[entry.kind] = count
            append(TimelineMark(at: entry.at, kind: entry.kind))
        }
    }
}
