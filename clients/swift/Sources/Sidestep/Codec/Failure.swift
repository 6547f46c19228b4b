import SidestepProtocol

/// An error that says how it wants to be recorded and whether trying again makes sense.
///
/// Conforming is optional: any `Error` can be thrown from a step; its type's name is then its `type`.
public protocol DurableError: Error {
    /// The name that `RetryPolicy.retryOn` and `failOn` are compared with.
    var durableType: String { get }
    /// False ends the retries at once.
    var isRetryable: Bool { get }
    /// How long to wait before the next attempt, when the peer said so; it wins over the policy.
    var retryAfter: Duration? { get }
}

extension DurableError {
    /// The name of the type.
    public var durableType: String { String(describing: Self.self) }
    /// Everything may be tried again.
    public var isRetryable: Bool { true }
    /// When is left to the policy.
    public var retryAfter: Duration? { nil }
}

/// An error as it is recorded.
struct Failure {
    /// The recorded payload: `{"type", "message"}`, `which` of a time-out, type and value of an error that is Codable.
    let error: RawJSON
    let types: [String]
    let isRetryable: Bool
    let retryAfter: Duration?

    init(_ error: any Error, _ payloads: Payloads) {
        let durable = error as? any DurableError
        let type = durable?.durableType ?? String(describing: Swift.type(of: error))
        types = [type]
        isRetryable = durable?.isRetryable ?? Self.isRetryable(error)
        retryAfter = durable?.retryAfter ?? (error as? SidestepError)?.retryAfter
        let which = (error as? AttemptTimeout)?.which
        let own = CodableErrors.record(of: error, payloads)
        self.error = .build { writer in
            writer.beginObject()
            writer.member("type", type)
            writer.member("which", which)
            writer.member("message", Self.message(of: error))
            writer.member("swift_type", own?.type)
            writer.member("value", own?.value)
            writer.endObject()
        }
    }

    /// A step that failed for good, or a value that has no JSON, fails the same way again.
    private static func isRetryable(_ error: any Error) -> Bool {
        guard let error = error as? SidestepError else { return true }
        return error.kind != .notEncodable
    }

    private static func message(of error: any Error) -> String {
        if let error = error as? SidestepError { return error.message }
        return String(describing: error)
    }
}

/// An attempt took longer than its step allows.
struct AttemptTimeout: DurableError, CustomStringConvertible {
    let which = "start_to_close"
    let limit: Duration

    var durableType: String { "timeout" }
    var description: String { "the attempt took longer than \(limit)" }
}
