import SidestepEngine
import SidestepHTTPClient
import SidestepModel
import SidestepProtocol

/// What an answer means for its step.
struct Exchange {
    let spec: RawJSON
    let secrets: SecretText

    /// Statuses that another attempt may change: RFC 9110 §15.5.9, RFC 8470, RFC 6585, and the server's own
    /// faults.
    static let retryable: Set<Int> = [408, 425, 429]

    func outcome(_ result: Result<HTTPResponse, HTTPFailure>) -> TaskOutcome {
        switch result {
        case .failure(let failure):
            let type = Self.type(failure)
            return .failed(
                Self.record(type: type, secrets.masked(failure.message)),
                AttemptError(types: [type], retryable: Self.isRetryable(failure)))
        case .success(let response):
            let record = record(response)
            if accepts(response.status) { return .completed(record) }
            let isRetryable = Self.isRetryable(response.status)
            return .failed(
                record,
                AttemptError(
                    types: ["status:\(response.status)", "status"], retryable: isRetryable,
                    retryAfterMilliseconds: isRetryable ? RetryAfter.milliseconds(response) : nil))
        }
    }

    /// The request that the answer asks for instead; nil when it stands.
    func redirected(
        _ outgoing: OutgoingRequest, _ result: Result<HTTPResponse, HTTPFailure>, _ policy: RequestPolicy
    ) throws(Refusal) -> OutgoingRequest? {
        guard case .success(let response) = result, !accepts(response.status),
            let location = response.values(of: "location").first
        else { return nil }
        let text = secrets.masked(location)
        guard text.elementsEqual(location) else {
            throw Refusal(type: "redirect", message: "a redirect to a URL with a credential is not followed")
        }
        return try outgoing.redirected(
            response.status, to: String(decoding: text, as: UTF8.self), policy)
    }

    private func accepts(_ status: Int) -> Bool {
        (200...299).contains(status)
            || spec["accept"]?.elements.contains { $0.integer == Int64(status) } ?? false
    }

    /// What is recorded of an answer: of one that is no success, with what kind of error it is.
    private func record(_ response: HTTPResponse) -> Payload {
        let body = secrets.masked(response.body)
        return RawJSON.build { writer in
            writer.beginObject()
            if !accepts(response.status) {
                writer.member("type", "status")
                writer.member("message", "the server answered \(response.status)")
            }
            writer.member("status", response.status)
            writer.object("headers") { writer in
                for name in recorded(response.status) {
                    let values = response.values(of: name).map { secrets.masked($0) }
                    if !values.isEmpty {
                        writer.member(
                            name, String(decoding: Array(values.joined(separator: ", ".utf8)), as: UTF8.self))
                    }
                }
            }
            if let text = String(validating: body, as: UTF8.self) {
                writer.member("body", text)
            } else {
                writer.member("body", Base64.encode(body))
                writer.member("encoding", "base64")
            }
            if secrets.isIn(response.body) { writer.member("masked", true) }
            writer.endObject()
        }.bytes
    }

    private func recorded(_ status: Int) -> [String] {
        var names =
            spec["response_headers"]?.elements.compactMap { $0.string?.lowercased() } ?? ["content-type"]
        if (300...399).contains(status), !names.contains("location") { names.append("location") }
        var seen: Set<String> = []
        return names.filter { seen.insert($0).inserted }
    }

    static func record(type: String, _ message: String) -> Payload {
        RawJSON.build { writer in
            writer.beginObject()
            writer.member("type", type)
            writer.member("message", message)
            writer.endObject()
        }.bytes
    }

    /// What a refusal before or between requests is.
    static func outcome(_ refusal: Refusal) -> TaskOutcome {
        .failed(
            record(type: refusal.type, refusal.message),
            AttemptError(types: [refusal.type], retryable: refusal.isPassing))
    }

    static func isRetryable(_ status: Int) -> Bool { retryable.contains(status) || status >= 500 }

    private static func type(_ failure: HTTPFailure) -> String {
        switch failure {
        case .timeout: "timeout"
        case .tooLarge: "response_too_large"
        case .refused: "address_not_allowed"
        case .unreached, .transport, .stopped, .closed: "connection"
        }
    }

    private static func isRetryable(_ failure: HTTPFailure) -> Bool {
        switch failure {
        case .timeout, .unreached, .transport, .stopped, .closed: true
        case .tooLarge, .refused: false
        }
    }
}
