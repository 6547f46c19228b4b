/// Keeps what happens again and again from filling a log: each kind is told of once in a span of time.
///
/// The kinds are names of our own; a client cannot make new ones.
public struct LogThrottle<Kind: Hashable & Sendable>: Sendable {
    private let spanMilliseconds: Int64
    private var told: [Kind: (at: Instant, leftOut: Int)] = [:]

    public init(spanMilliseconds: Int64 = 10_000) { self.spanMilliseconds = spanMilliseconds }

    /// Whether it is told of now, and how many of its kind were left out since the last one; nil when it is left out.
    ///
    /// A clock that was set back begins a new span.
    public mutating func admit(_ kind: Kind, at now: Instant) -> Int? {
        guard let last = told[kind] else {
            told[kind] = (now, 0)
            return 0
        }
        if (0..<spanMilliseconds).contains(now.milliseconds(since: last.at)) {
            told[kind] = (last.at, last.leftOut + 1)
            return nil
        }
        told[kind] = (now, 0)
        return last.leftOut
    }
}
