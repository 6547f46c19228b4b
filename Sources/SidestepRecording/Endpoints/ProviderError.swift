import SidestepProtocol

/// An answer of the recorder's own in a provider's form, so that the provider's client understands it.
public struct ProviderError: Sendable, Equatable {
    /// Why a call is not answered by the provider or a recording.
    public enum Reason: String, Sendable, CaseIterable {
        case budgetExhausted = "budget_exhausted"
        case runNotFound = "run_not_found"
        case leaseLost = "lease_lost"
        /// Another request than the recorded one, where that is not wanted.
        case divergence = "step_mismatch"
        case storageFull = "storage_full"
        case storageError = "storage_error"
        case upstream
        case runCancelled = "run_cancelled"
        case runPaused = "run_paused"
        case deadlineExceeded = "deadline_exceeded"
        case rateLimited = "rate_limited"
        case circuitOpen = "circuit_open"
        case payloadTooLarge = "payload_too_large"
        case notPermitted = "not_permitted"
        case unsupported
        case invalidArgument = "invalid_argument"

        /// The status of HTTP.
        public var status: Int {
            switch self {
            // Clients try again after 429, and their callers once more; after 402 nobody does.
            case .budgetExhausted: 402
            case .runNotFound, .leaseLost: 404
            case .divergence, .runCancelled, .runPaused, .deadlineExceeded: 409
            case .storageFull, .storageError: 503
            case .upstream: 502
            case .rateLimited, .circuitOpen: 429
            case .payloadTooLarge: 413
            case .notPermitted: 403
            case .unsupported: 501
            case .invalidArgument: 400
            }
        }

        /// Whether the same request may be answered later.
        public var isRetryable: Bool { [.upstream, .rateLimited, .circuitOpen].contains(self) }

        /// Ours, so that nobody takes it for the provider's.
        public var code: String { "sidestep_" + rawValue }
    }

    /// The status of HTTP.
    public let status: Int
    /// Its headers, with the type of the body and without its length.
    public let headers: [(name: String, value: String)]
    /// Its body.
    public let body: [UInt8]

    /// An error in a provider's form.
    ///
    /// - Parameters:
    ///   - message: sentences for whoever reads them: what happened and what to do.
    ///   - retryAfterMilliseconds: when the same request may be answered, where that is known.
    public init(
        _ reason: Reason, in shape: ErrorShape, message: String, request: String = "",
        retryAfterMilliseconds: Int64? = nil
    ) {
        status = reason.status
        var headers = [
            (name: "content-type", value: "application/json"),
            (name: "x-should-retry", value: reason.isRetryable ? "true" : "false"),
            (name: "x-sidestep-error", value: reason.rawValue),
        ]
        if let wait = retryAfterMilliseconds, reason.isRetryable {
            headers.append((name: "retry-after", value: String(max(1, (wait + 999) / 1000))))
        }
        self.headers = headers
        body = Array(Self.body(reason, shape, message, request).bytes)
    }

    /// Whether both are the same answer.
    public static func == (left: ProviderError, right: ProviderError) -> Bool {
        left.status == right.status && left.body == right.body
            && left.headers.elementsEqual(right.headers) { $0 == $1 }
    }

    private static func body(
        _ reason: Reason, _ shape: ErrorShape, _ message: String, _ request: String
    ) -> RawJSON {
        .build { writer in
            writer.beginObject()
            defer { writer.endObject() }
            switch shape {
            case .openAI:
                writer.object("error") { error in
                    error.member("message", message)
                    error.member("type", reason == .budgetExhausted ? "insufficient_quota" : "sidestep_error")
                    error.key("param")
                    error.null()
                    error.member("code", reason.code)
                }
            case .anthropic:
                writer.member("type", "error")
                writer.object("error") { error in
                    error.member("type", anthropicType(of: reason))
                    error.member("message", message)
                }
                writer.member("request_id", request)
            case .gemini:
                writer.object("error") { error in
                    error.member("code", reason.status)
                    error.member("message", message)
                    error.member("status", geminiStatus(of: reason))
                }
            }
        }
    }

    private static func anthropicType(of reason: Reason) -> String {
        switch reason.status {
        case 402: "billing_error"
        case 403: "permission_error"
        case 404: "not_found_error"
        case 413: "request_too_large"
        case 429: "rate_limit_error"
        case 400, 409: "invalid_request_error"
        default: "api_error"
        }
    }

    private static func geminiStatus(of reason: Reason) -> String {
        switch reason.status {
        case 402, 429: "RESOURCE_EXHAUSTED"
        case 403: "PERMISSION_DENIED"
        case 404: "NOT_FOUND"
        case 400, 413: "INVALID_ARGUMENT"
        case 409: "ABORTED"
        case 501: "UNIMPLEMENTED"
        default: "UNAVAILABLE"
        }
    }
}
