import SidestepProtocol

/// How one step is executed; everything has a default.
///
///     try await run.step("ask", options: .init(retry: .attempts(3), limit: "model")) { … }
///     try await run.step("pay", options: .atMostOnce) { … }
public struct StepOptions: Sendable {
    /// When a failed attempt is made again; nil makes one attempt.
    public var retry: RetryPolicy?
    /// Commit the intent before the body may start. If the process dies inside, the step is `unknown` and not
    /// repeated until somebody resolves it.
    public var atMostOnce: Bool
    /// How long one attempt may take. The body's task is cancelled then.
    public var timeout: Duration?
    /// What the step is called with. A replay gives it the record of this name that has the same one, whatever the
    /// order of the calls; a call that fits none while records are left is a mismatch.
    public var fingerprint: String?
    /// A limit that was put (`sidestep limit put`): the step begins when it has room.
    public var limit: String?
    /// How long to wait for room in the limit; nil is as long as it takes. Then `rateLimited`.
    public var limitWait: Duration?
    /// A circuit breaker: the step is refused with `circuitOpen` while it is open.
    public var breaker: String?
    /// What the step sets aside of the run's budget, by the names of the protocol; `calls` is 1 unless said otherwise.
    public var reserve: [String: Int]?

    var isCompensation = false

    /// What is left out is asked for by nobody.
    public init(
        retry: RetryPolicy? = nil, atMostOnce: Bool = false, timeout: Duration? = nil,
        fingerprint: String? = nil, limit: String? = nil, limitWait: Duration? = nil,
        breaker: String? = nil, reserve: [String: Int]? = nil
    ) {
        self.retry = retry
        self.atMostOnce = atMostOnce
        self.timeout = timeout
        self.fingerprint = fingerprint
        self.limit = limit
        self.limitWait = limitWait
        self.breaker = breaker
        self.reserve = reserve
    }

    /// A policy and nothing else.
    public static func retry(_ policy: RetryPolicy) -> StepOptions { StepOptions(retry: policy) }

    /// The intent is committed first, and nothing else.
    public static var atMostOnce: StepOptions { StepOptions(atMostOnce: true) }

    /// Whether the daemon's answer to the begin has to be known before the body may start.
    var needsAnswer: Bool {
        atMostOnce || timeout != nil || isCompensation || limit != nil || breaker != nil || reserve != nil
    }

    /// Writes the parameters of `step.begin` for the step recorded as `step`.
    func write(_ step: String, to writer: inout JSONWriter) {
        writer.member("step", step)
        writer.member("fingerprint", fingerprint)
        if atMostOnce { writer.member("at_most_once", true) }
        writer.member("retry", retry?.json)
        if isCompensation { writer.member("compensation", true) }
        writer.member("limit", limit)
        writer.member("breaker", breaker)
        if let reserve { writer.object("reserve") { reserve.write(to: &$0) } }
        writer.member("wait_ms", limitWait?.milliseconds)
        if let timeout {
            writer.object("timeouts") { $0.member("start_to_close_ms", timeout.milliseconds) }
        }
    }
}
