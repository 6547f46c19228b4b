/// Keeps what happens again and again from filling the log: the first is told at once, the rest as a number each
/// minute.
public struct NoticeCounts: Sendable {
    /// How long what is the same is counted, milliseconds.
    public static let spanMilliseconds: Int64 = 60_000
    /// Different things that are counted at a time; what is new beyond them is told as it comes.
    public static let limit = 1000

    private struct Key: Hashable {
        let kind: NoticeKind
        let values: [String?]
    }

    private struct Count {
        var last: Notice
        var more = 0
        var until: Instant
    }

    private var counts: [Key: Count] = [:]

    /// Counts nothing yet: whatever comes first is told.
    public init() {}

    /// Whether nothing is being counted: no minute has to be waited for.
    public var isEmpty: Bool { counts.isEmpty }

    /// Whether a notice is told now; else it is counted.
    public mutating func admits(_ notice: Notice, at now: Instant) -> Bool {
        guard let fields = notice.kind.countedBy else { return true }
        let key = Key(kind: notice.kind, values: fields.map { notice[$0] })
        if var count = counts[key], now < count.until,
            count.until.milliseconds(since: now) <= Self.spanMilliseconds
        {
            count.more += 1
            count.last = notice
            counts[key] = count
            return false
        }
        if counts.count < Self.limit {
            counts[key] = Count(last: notice, until: now.advanced(byMilliseconds: Self.spanMilliseconds))
        }
        return true
    }

    /// What is to be told of minutes that are over: the last of each, with how many there were; what is quiet is
    /// forgotten.
    public mutating func takeOver(at now: Instant) -> [Notice] {
        var told: [Notice] = []
        for (key, count) in counts
        where now >= count.until || count.until.milliseconds(since: now) > Self.spanMilliseconds {
            guard count.more > 0 else {
                counts[key] = nil
                continue
            }
            told.append(count.last.counting(count.more))
            counts[key] = Count(last: count.last, until: now.advanced(byMilliseconds: Self.spanMilliseconds))
        }
        return told
    }
}
