/// How many things may begin in a span of time.
public struct Rate: Sendable, Equatable {
    /// Things per `milliseconds`, at least 1.
    public var count: Int64
    /// The span: `per_ms` on the wire. Less than 1 counts as 1.
    public var milliseconds: Int64
    /// How many may begin at once after a quiet time; as many as `count` unless set.
    public var burst: Int64?

    /// A rate as `limit.put` and `queue.put` take it.
    public init(count: Int64, milliseconds: Int64, burst: Int64? = nil) {
        self.count = count
        self.milliseconds = milliseconds
        self.burst = burst
    }

    var capacity: Double { Double(burst ?? count) }
    /// Tokens per millisecond.
    var speed: Double { Double(count) / Double(max(1, milliseconds)) }
}

/// What is left of a rate: tokens come back steadily, up to the burst.
///
/// A token bucket (ITU-T I.371, generic cell rate algorithm): a value of two numbers, so that it can be stored
/// and outlives the daemon. One that was never used is full.
public struct TokenBucket: Sendable, Equatable {
    /// How many there were at `at`, fractions included.
    public var tokens: Double
    /// When a token was last taken; what has come back since is found at the next look.
    public var at: Instant

    /// By default empty in 1970, and so full now.
    public init(tokens: Double = 0, at: Instant = Instant(milliseconds: 0)) {
        self.tokens = tokens
        self.at = at
    }

    /// Takes a token at `now`.
    ///
    /// - Returns: nil when there was one; otherwise when there will be, and the bucket is as it was.
    public mutating func take(_ rate: Rate, at now: Instant) -> Instant? {
        // A clock that was set back gives nothing and takes nothing.
        let elapsed = Double(max(0, now.milliseconds(since: at)))
        let available = min(rate.capacity, tokens + elapsed * rate.speed)
        guard available >= 1 else {
            let wait = ((1 - available) / rate.speed).rounded(.up)
            return now.advanced(byMilliseconds: max(1, Int64(min(wait, 3_155_760_000_000))))
        }
        tokens = available - 1
        at = now
        return nil
    }
}
