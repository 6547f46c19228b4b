import SidestepEngine
import SidestepHTTPClient
import SidestepModel
import SidestepProtocol
import Synchronization

/// Sends requests for steps.
public final class RequestExecutor: Sendable {
    typealias Done = @Sendable (TaskOutcome) -> Void

    private let driver: HTTPDriver
    private let credentials: Current<Credentials>
    private let policy: Current<RequestPolicy>
    private let version: String
    /// The attempts under way, and whether they were stopped.
    private let underWay = Mutex<[String: Bool]>([:])

    /// Sends through `driver`, by the rules and with the credentials that hold when a request is made.
    public init(
        driver: HTTPDriver, credentials: Current<Credentials>, policy: Current<RequestPolicy>, version: String
    ) {
        self.driver = driver
        self.credentials = credentials
        self.policy = policy
        self.version = version
    }

    func start(_ task: StepTask, done: @escaping Done) {
        let spec = RawJSON(validated: task.spec)
        var secrets = SecretText(credentials.value.secret)
        do {
            let maker = RequestMaker(policy: policy.value, version: version)
            let outgoing = try maker.request(spec, task, &secrets)
            underWay.withLock { $0[task.token] = false }
            let end = ContinuousClock.now + .milliseconds(outgoing.request.timeoutMilliseconds)
            send(outgoing, Exchange(spec: spec, secrets: secrets), task.token, until: end) { outcome in
                self.underWay.withLock { $0[task.token] = nil }
                done(outcome)
            }
        } catch {
            done(Exchange.outcome(error))
        }
    }

    /// Ends a request at once.
    func stop(_ token: String) {
        let isUnderWay = underWay.withLock { underWay in
            if underWay[token] != nil { underWay[token] = true }
            return underWay[token] != nil
        }
        if isUnderWay { driver.stop(token) }
    }

    private func isStopped(_ token: String) -> Bool { underWay.withLock { $0[token] } == true }

    /// Sends a request, and what its answer asks for instead.
    private func send(
        _ outgoing: OutgoingRequest, _ exchange: Exchange, _ token: String,
        until end: ContinuousClock.Instant, done: @escaping Done
    ) {
        driver.send(outgoing.request, as: token) { result in
            if self.isStopped(token) || result.isEnded { return { done(.stopped) } }
            let outcome: TaskOutcome
            do throws(Refusal) {
                if var next = try exchange.redirected(outgoing, result, self.policy.value) {
                    // All of them together have the time of one attempt.
                    next.request.timeoutMilliseconds = max(1, Int64((end - .now) / .milliseconds(1)))
                    self.send(next, exchange, token, until: end, done: done)
                    return {}
                }
                outcome = exchange.outcome(result)
            } catch {
                outcome = Exchange.outcome(error)
            }
            return { done(outcome) }
        }
        // It may have been stopped between two requests.
        if isStopped(token) { driver.stop(token) }
    }
}

extension Result where Success == HTTPResponse, Failure == HTTPFailure {
    /// Whether we ended it.
    fileprivate var isEnded: Bool {
        switch self {
        case .failure(.closed), .failure(.stopped): true
        default: false
        }
    }
}
