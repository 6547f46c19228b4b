import SidestepEngine
import SidestepHash
import SidestepHTTPClient
import SidestepModel
import SidestepProtocol

/// Takes letters to webhooks by POST, signed where a secret is named, wherever requests of steps may go.
public struct WebhookCarrier: LetterCarrying {
    private let driver: HTTPDriver
    private let credentials: Current<Credentials>
    private let policy: Current<RequestPolicy>
    private let clock: any Clock
    private let version: String

    /// How long one attempt may take, milliseconds.
    static let timeoutMilliseconds: Int64 = 15_000

    /// Sends through `driver`, by the rules and with the credentials that hold when a letter is sent.
    public init(
        driver: HTTPDriver, credentials: Current<Credentials>, policy: Current<RequestPolicy>,
        clock: any Clock,
        version: String
    ) {
        self.driver = driver
        self.credentials = credentials
        self.policy = policy
        self.clock = clock
        self.version = version
    }

    /// Sends a letter; `done` is called once, on any thread.
    public func carry(_ letter: Letter, then done: @escaping @Sendable (DeliveryOutcome) -> Void) {
        do throws(Refusal) {
            driver.send(try request(letter)) { result in
                let outcome = DeliveryOutcome(result, of: "the receiver")
                return { done(outcome) }
            }
        } catch {
            done(DeliveryOutcome(problem: error.message, isFinal: !error.isPassing))
        }
    }

    private func request(_ letter: Letter) throws(Refusal) -> HTTPRequest {
        var request = try HTTPRequest("POST", letter.url, policy.value)
        request.body = SecretBytes(letter.delivery.body)
        request.timeoutMilliseconds = Self.timeoutMilliseconds
        // The status says whether the letter was taken, however much the receiver has to tell.
        request.wantsBody = false
        for (name, value) in headers(letter) { try request.add(name, SecretBytes(value.utf8)) }
        guard let name = letter.secret else { return request }
        switch credentials.value.secret(name) {
        // It may be put there before the next attempt.
        case .failure(let problem):
            throw Refusal(type: "credential", message: problem.message, isPassing: true)
        case .success(let secret):
            let signature = signature(Array(letter.delivery.body), secret)
            try request.add("Sidestep-Signature", SecretBytes(signature.utf8))
            return request
        }
    }

    private func headers(_ letter: Letter) -> [(name: String, value: String)] {
        let own =
            letter.headers.map { RawJSON(validated: $0).members.map { ($0.key, $0.value.string ?? "") } }
            ?? []
        let named = Set(own.map { $0.0.lowercased() })
        let usual = [("Content-Type", "application/json"), ("User-Agent", "sidestepd/\(version)")]
        return own + usual.filter { !named.contains($0.0.lowercased()) } + [
            ("Sidestep-Delivery", letter.delivery.id), ("Sidestep-Event", headerText(letter.delivery.event)),
            ("Sidestep-Attempt", "\(letter.delivery.attempts + 1)"),
        ]
    }

    /// A header is ASCII without control characters; the body has the name as it is.
    private func headerText(_ text: String) -> String {
        String(decoding: text.utf8.map { $0 >= 0x20 && $0 < 0x7f ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
    }

    /// `t=SECONDS,v1=HEX`: HMAC-SHA256 of the time, a dot and the body.
    /// The time keeps a letter from being played again.
    private func signature(_ body: [UInt8], _ secret: SecretBytes) -> String {
        let seconds = "\(clock.now().milliseconds / 1000)"
        let message = Array(seconds.utf8) + [UInt8(ascii: ".")] + body
        let code = secret.withUnsafeBytes { MessageCode.sha256(key: $0, message) }
        return "t=\(seconds),v1=\(Identifiers.hex(code))"
    }
}
