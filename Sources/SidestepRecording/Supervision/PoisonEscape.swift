/// The way out of an answer that kills its program again and again.
///
/// Replayed faithfully, a bad answer is bad for ever; without recordings a restart would have drawn another one.
public struct PoisonEscape: Sendable, Equatable {
    /// How often a run may have answers drawn again.
    public static let standardLimit = 2

    /// Ends in a row that were alike, after which answers are drawn again.
    private static let repetitions = 2

    private let limit: Int
    /// How often answers of this run were drawn again.
    public private(set) var used: Int
    private var last: Set<Int64>?
    private var count = 0

    /// - Parameters:
    ///   - limit: how often answers may be drawn again in all; 0 is never.
    ///   - used: how often that has been done.
    public init(limit: Int = Self.standardLimit, used: Int = 0) {
        self.limit = limit
        self.used = used
    }

    /// The program has ended; answers the recordings that the next epoch is not to be given.
    ///
    /// - Parameters:
    ///   - badly: whether it ended other than it should, and not because somebody told it to.
    ///   - progressed: whether a call or a step was completed meanwhile.
    ///   - consumed: the recordings that it was given.
    ///   - frontier: those of them after which it asked for nothing more.
    public mutating func ended(
        badly: Bool, progressed: Bool, consumed: Set<Int64>, frontier: [Int64]
    ) -> [Int64] {
        guard badly, !progressed else {
            (last, count) = (nil, 0)
            return []
        }
        count = consumed == last ? count + 1 : 1
        last = consumed
        guard count >= Self.repetitions, used < limit, !frontier.isEmpty else { return [] }
        used += 1
        (last, count) = (nil, 0)
        return frontier
    }
}
