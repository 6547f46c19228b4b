/// A stretch of time that is drawn in so many columns.
public struct TimelineScale: Sendable, Equatable {
    /// Where the first column begins.
    public let from: Instant
    /// Where the last column ends: later than `from`.
    public let until: Instant
    /// How many there are, one at least.
    public let columns: Int

    /// The stretch from one moment to another; of a millisecond where the other is not later.
    public init(from: Instant, until: Instant, columns: Int) {
        self.from = from
        self.until = max(until, from.advanced(byMilliseconds: 1))
        self.columns = max(columns, 1)
    }

    /// The column a moment is in; what is outside counts to the first or the last one.
    public func column(of moment: Instant) -> Int {
        let part = Double(moment.milliseconds(since: from)) / length * Double(columns)
        return Int(min(max(part, 0), Double(columns - 1)))
    }

    /// The first moment behind a column.
    public func end(of column: Int) -> Instant {
        from.advanced(byMilliseconds: Int64((length * Double(column + 1) / Double(columns)).rounded(.up)))
    }

    /// The moment itself, or the edge that it is beyond.
    public func clamped(_ moment: Instant) -> Instant { min(max(moment, from), until) }

    private var length: Double { Double(until.milliseconds(since: from)) }
}
