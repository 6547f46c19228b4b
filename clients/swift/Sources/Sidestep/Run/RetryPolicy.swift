import SidestepProtocol

/// When a failed attempt is made again. The daemon counts and decides; the policy travels with the step.
public struct RetryPolicy: Sendable, Equatable {
    /// Attempts in all, the first included; 0 means without limit. Nil leaves the daemon's default: 3.
    public var maxAttempts: Int?
    /// The pause after the first failure. Default 1 s.
    public var initial: Duration?
    /// How much longer each pause is than the one before. Default 2.
    public var factor: Double?
    /// No pause is longer. Default 60 s.
    public var longest: Duration?
    /// The fraction of a pause that chance adds or takes off. Default 0.1.
    public var jitter: Double?
    /// Fixed pauses instead of computed ones; the last one repeats.
    public var delays: [Duration]?
    /// Only errors of these types are retried.
    public var retryOn: [String]?
    /// Errors of these types are never retried.
    public var failOn: [String]?

    /// Makes a policy; whatever is left out follows the daemon's defaults.
    public init(
        maxAttempts: Int? = nil, initial: Duration? = nil, factor: Double? = nil, longest: Duration? = nil,
        jitter: Double? = nil, delays: [Duration]? = nil, retryOn: [String]? = nil, failOn: [String]? = nil
    ) {
        self.maxAttempts = maxAttempts
        self.initial = initial
        self.factor = factor
        self.longest = longest
        self.jitter = jitter
        self.delays = delays
        self.retryOn = retryOn
        self.failOn = failOn
    }

    /// The same policy under a plain count: `.attempts(5)`.
    public static func attempts(_ count: Int) -> RetryPolicy { RetryPolicy(maxAttempts: count) }
}
