/// What limits the steps that name it, whoever executes them.
public struct LimitRecord: Sendable, Equatable {
    /// The user id of what an administrator put: it is everybody's.
    public static let everybody: Int64 = -1

    public var key: Int64 = 0
    public var userID: Int64
    public var name: String
    /// Steps at once; nil is without limit.
    public var concurrency: Int64?
    /// Steps begun in a span of time.
    public var rate: Rate?
    public var bucket = TokenBucket()

    public init(userID: Int64, name: String) {
        self.userID = userID
        self.name = name
    }
}

/// A circuit breaker that steps name.
public struct BreakerRecord: Sendable, Equatable {
    public var key: Int64 = 0
    public var userID: Int64
    public var name: String
    public var breaker: Breaker
    /// The step that tries out whether it may close.
    public var probe: Int64?

    public init(userID: Int64, name: String, breaker: Breaker) {
        self.userID = userID
        self.name = name
        self.breaker = breaker
    }
}

/// A step that holds a limit.
public struct LimitHolder: Sendable, Equatable {
    public var run: String
    public var userID: UInt32
    public var step: String
    public var since: Instant

    public init(run: String, userID: UInt32, step: String, since: Instant) {
        (self.run, self.userID, self.step, self.since) = (run, userID, step, since)
    }
}

/// What a running step holds of limits and breakers, and what it set aside of budgets.
public struct Hold: Sendable, Equatable {
    public var step: Int64
    public var run: Int64
    public var limit: Int64?
    public var breaker: Int64?
    public var reserved = Amounts()

    public init(step: Int64, run: Int64) {
        self.step = step
        self.run = run
    }
}
