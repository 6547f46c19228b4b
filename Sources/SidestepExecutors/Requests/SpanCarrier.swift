import SidestepEngine
import SidestepHTTPClient
import SidestepModel

/// Where an operator wants spans to go.
public struct SpanTarget: Sendable, Equatable {
    /// The collector's address, to which `/v1/traces` is added; empty for none.
    public var endpoint: String
    /// The name of the credential with the headers that it wants, one a line as `Name: value`; empty for none.
    public var credential: String

    /// A collector, or none.
    public init(endpoint: String, credential: String) {
        (self.endpoint, self.credential) = (endpoint, credential)
    }

    /// OTLP, "OTLP/HTTP Request": the path of traces below the address.
    var url: String { (endpoint.hasSuffix("/") ? String(endpoint.dropLast()) : endpoint) + "/v1/traces" }
}

/// Takes spans to the collector that the operator named, wherever that is: rules for the addresses of steps and
/// webhooks are about what clients ask for.
public struct SpanCarrier: SpanCarrying {
    private let driver: HTTPDriver
    private let credentials: Current<Credentials>
    private let target: Current<SpanTarget>
    private let version: String

    /// Sends through `driver` to the target that holds when spans are sent.
    public init(
        driver: HTTPDriver, credentials: Current<Credentials>, target: Current<SpanTarget>, version: String
    ) {
        self.driver = driver
        self.credentials = credentials
        self.target = target
        self.version = version
    }

    /// Sends a letter; `done` is called once, on any thread.
    public func carry(_ letter: SpanLetter, then done: @escaping @Sendable (DeliveryOutcome) -> Void) {
        do throws(Refusal) {
            driver.send(try request(letter)) { result in
                let outcome = DeliveryOutcome(result, of: "the collector", final: Self.final)
                return { done(outcome) }
            }
        } catch {
            // An operator mends a name or a file, and the spans wait for that.
            done(DeliveryOutcome(problem: error.message))
        }
    }

    private func request(_ letter: SpanLetter) throws(Refusal) -> HTTPRequest {
        let target = target.value
        var policy = RequestPolicy()
        policy.allowsPrivate = true
        var request = try HTTPRequest("POST", target.url, policy)
        request.body = SecretBytes(letter.body)
        try request.add("Content-Type", SecretBytes("application/json".utf8))
        try request.add("User-Agent", SecretBytes("sidestepd/\(version)".utf8))
        if !target.credential.isEmpty { try add(target.credential, to: &request) }
        return request
    }

    private func add(_ credential: String, to request: inout HTTPRequest) throws(Refusal) {
        let secret: SecretBytes
        switch credentials.value.secret(credential) {
        case .failure(let problem): throw Refusal(type: "credential", message: problem.message)
        case .success(let found): secret = found
        }
        let text = secret.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        for line in text.split(whereSeparator: \.isNewline) {
            guard let colon = line.firstIndex(of: ":") else {
                throw Refusal(
                    type: "credential",
                    message: "the credential '\(credential)' has a line that is no `Name: value`")
            }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            try request.add(String(line[..<colon]), SecretBytes(value.utf8))
        }
    }

    /// What will not be taken however often it is sent: what the collector calls wrong, or too much. All else may be
    /// mended, a key that is not accepted as well.
    private static let final: Set<Int> = [400, 413, 415, 422]
}
