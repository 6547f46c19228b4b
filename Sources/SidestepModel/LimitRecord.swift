/// What limits the steps that name it, whoever executes them.
public struct LimitRecord: Sendable, Equatable {
    /// The user id of what an administrator put: it is everybody's.
    public static let everybody: Int64 = -1

    /// The store's own number; 0 before it is put.
    public var key: Int64 = 0
    /// Whose steps it limits, by uid; `everybody` for those of all.
    public var userID: Int64
    /// Unique together with the user. A step finds its user's own first, then everybody's.
    public var name: String
    /// Steps at once; nil is without limit.
    public var concurrency: Int64?
    /// Steps begun in a span of time.
    public var rate: Rate?
    /// What is left of `rate`; unused without one.
    public var bucket = TokenBucket()

    /// A limit that limits nothing yet.
    public init(userID: Int64, name: String) {
        self.userID = userID
        self.name = name
    }
}

/// A circuit breaker that steps name.
public struct BreakerRecord: Sendable, Equatable {
    /// The store's own number; 0 before it is saved.
    public var key: Int64 = 0
    /// Whose steps go by it, by uid; `LimitRecord.everybody` for those of all.
    public var userID: Int64
    /// Unique together with the user.
    public var name: String
    /// How it is set and where it stands.
    public var breaker: Breaker
    /// The step that tries out whether it may close.
    public var probe: Int64?

    /// A breaker without a probe under way.
    public init(userID: Int64, name: String, breaker: Breaker) {
        self.userID = userID
        self.name = name
        self.breaker = breaker
    }
}

/// A step that holds a limit.
public struct LimitHolder: Sendable, Equatable {
    /// The id of the step's run.
    public var run: String
    /// Whose run it is.
    public var userID: UserID
    /// The name of the step.
    public var step: String
    /// When its attempt began.
    public var since: Instant

    /// A holder as `run.explain` names it to whoever waits for room.
    public init(run: String, userID: UserID, step: String, since: Instant) {
        (self.run, self.userID, self.step, self.since) = (run, userID, step, since)
    }
}

/// What a running step holds of limits and breakers, and what it set aside of budgets.
public struct Hold: Sendable, Equatable {
    /// The key of the step, which has one hold at most.
    public var step: Int64
    /// The key of its run.
    public var run: Int64
    /// The key of the limit; nil when it names none, or the limit was deleted meanwhile.
    public var limit: Int64?
    /// The key of the breaker that its outcome is told to; nil when it names none.
    public var breaker: Int64?
    /// What was set aside of the budgets of its run and the runs above it, until the attempt ends.
    public var reserved = Amounts()

    /// Holds nothing yet; what it is given is set one by one.
    public init(step: Int64, run: Int64) {
        self.step = step
        self.run = run
    }
}
