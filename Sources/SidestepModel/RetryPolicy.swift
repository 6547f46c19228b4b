/// How often and when a failed attempt is tried again.
public struct RetryPolicy: Sendable, Equatable {
    /// Attempts in all; 0 is without limit.
    public var maxAttempts: Int64 = 3
    /// The delay before the second attempt.
    public var initialMilliseconds: Int64 = 1000
    /// What each further delay is multiplied by; 1 or less leaves it as it is.
    public var factor: Double = 2
    /// No computed delay is longer, jitter aside; fixed ones may be.
    public var maxMilliseconds: Int64 = 60_000
    /// A fraction of the delay that chance adds or takes off.
    public var jitter: Double = 0.1
    /// Fixed delays in place of the computed ones; the last one repeats.
    public var delaysMilliseconds: [Int64] = []
    /// Error types that are retried; empty means all.
    public var retryOn: [String] = []
    /// Error types that are never retried; wins over `retryOn`.
    public var failOn: [String] = []

    /// What holds for members that a given policy leaves out.
    public init() {}

    /// One attempt and no retry: what holds when nobody named a policy.
    public static let none: RetryPolicy = {
        var policy = RetryPolicy()
        policy.maxAttempts = 1
        return policy
    }()
}

/// What a client said about a failed attempt.
public struct AttemptError: Sendable {
    /// The error's types, most special first.
    public var types: [String]
    /// Whether another attempt may succeed; false ends it, whatever the policy says, and opens no breaker.
    public var retryable: Bool
    /// What the outside service asked for; wins over the policy's delay.
    public var retryAfterMilliseconds: Int64?

    /// By default an error of no type: a policy that names types to retry does not retry it.
    public init(types: [String] = [], retryable: Bool = true, retryAfterMilliseconds: Int64? = nil) {
        self.types = types
        self.retryable = retryable
        self.retryAfterMilliseconds = retryAfterMilliseconds
    }
}

extension RetryPolicy {
    /// Milliseconds to wait before the next attempt, or nil when there is none.
    ///
    /// - Parameters:
    ///   - failures: attempts that failed so far, this one included.
    ///     Attempts that a crash ended do not count.
    ///   - fraction: a random number in `0..<1`; 0.5 is the delay without jitter.
    public func delay(afterFailures failures: Int64, error: AttemptError, fraction: Double) -> Int64? {
        guard error.retryable, permits(error.types) else { return nil }
        guard maxAttempts == 0 || failures < maxAttempts else { return nil }
        if let asked = error.retryAfterMilliseconds { return max(0, asked) }
        return jittered(plainDelay(afterFailures: failures), fraction)
    }

    private func permits(_ types: [String]) -> Bool {
        if types.contains(where: failOn.contains) { return false }
        return retryOn.isEmpty || types.contains(where: retryOn.contains)
    }

    private func plainDelay(afterFailures failures: Int64) -> Int64 {
        if let last = delaysMilliseconds.last {
            let index = failures - 1
            return index < delaysMilliseconds.count ? delaysMilliseconds[Int(index)] : last
        }
        // Repeated multiplication and not pow(): no Foundation here, and the cap ends it after a few rounds.
        var delay = Double(initialMilliseconds)
        var round: Int64 = 1
        while round < failures, delay < Double(maxMilliseconds), factor > 1 {
            delay *= factor
            round += 1
        }
        return Int64(min(delay, Double(maxMilliseconds)))
    }

    private func jittered(_ delay: Int64, _ fraction: Double) -> Int64 {
        guard jitter > 0 else { return max(0, delay) }
        let spread = Double(delay) * min(jitter, 1) * (fraction * 2 - 1)
        return max(0, delay &+ Int64(spread))
    }
}
