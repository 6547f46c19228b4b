import SidestepProtocol

/// How one step is executed.
struct StepOptions: Sendable {
    var retry: RetryPolicy?
    var atMostOnce = false
    var timeout: Duration?
    var fingerprint: String?
    var limits = StepLimits()
    var isCompensation = false

    /// Whether the daemon's answer to the begin has to be known before the body may start.
    var needsAnswer: Bool { atMostOnce || timeout != nil || isCompensation || !limits.isEmpty }

    /// Writes the parameters of `step.begin` for the step recorded as `step`.
    func write(_ step: String, to writer: inout JSONWriter) {
        writer.member("step", step)
        writer.member("fingerprint", fingerprint)
        if atMostOnce { writer.member("at_most_once", true) }
        writer.member("retry", retry?.json)
        if isCompensation { writer.member("compensation", true) }
        limits.write(to: &writer)
        if let timeout {
            writer.object("timeouts") { $0.member("start_to_close_ms", timeout.milliseconds) }
        }
    }
}

/// What a step asks of all processes of the host, and of its run's budget, before it begins.
public struct StepLimits: Sendable {
    /// A limit that was put (`sidestep limit put`): the step begins when it has room.
    public var limit: String?
    /// A circuit breaker: the step is refused with `circuitOpen` while it is open.
    public var breaker: String?
    /// What the step sets aside of the run's budget, by the names of the protocol; `calls` is 1 unless said otherwise.
    public var reserve: [String: Int]?
    /// How long to wait for room in the limit; nil is as long as it takes. Then `rateLimited`.
    public var wait: Duration?

    /// What is nil asks for nothing.
    public init(
        limit: String? = nil, breaker: String? = nil, reserve: [String: Int]? = nil, wait: Duration? = nil
    ) {
        self.limit = limit
        self.breaker = breaker
        self.reserve = reserve
        self.wait = wait
    }

    var isEmpty: Bool { limit == nil && breaker == nil && reserve == nil }

    func write(to writer: inout JSONWriter) {
        writer.member("limit", limit)
        writer.member("breaker", breaker)
        if let reserve { writer.object("reserve") { reserve.write(to: &$0) } }
        writer.member("wait_ms", wait?.milliseconds)
    }
}

/// What the daemon says when a step is to begin.
enum StepBegin {
    /// It has a recorded output already.
    case completed(RawJSON)
    /// The body may run, once the back-off of an earlier attempt is over.
    case execute(attempt: Int?, delay: Duration)

    /// - Throws: `SidestepError` unless the daemon says one of the two: a body runs on its word and on no other.
    init(_ result: RawJSON) throws {
        switch result["status"]?.string {
        case "completed": self = .completed(result["output"] ?? .null)
        case "execute":
            self = .execute(
                attempt: result["attempt"]?.int, delay: .milliseconds(result["delay_ms"]?.int ?? 0))
        default: throw SidestepError(.unexpectedReply, "the daemon does not say what becomes of the step")
        }
    }
}
