import SidestepModel
import SidestepProtocol

/// The journal's details: small JSON objects that the engine writes.
func ownerDetail(_ owner: Owner, _ epoch: Int64) -> Payload {
    detail { writer in
        writer.member("epoch", epoch)
        writer.member("owner", owner.kind.rawValue)
        writer.member("pid", Int64(owner.process.pid))
        writer.member("uid", Int64(owner.uid))
    }
}

func detail(_ write: (inout JSONWriter) -> Void) -> Payload {
    RawJSON.build { writer in
        writer.beginObject()
        write(&writer)
        writer.endObject()
    }.bytes
}

extension RetryPolicy {
    /// Reads a policy that the method table has checked; absent members keep their defaults.
    public init(_ json: RawJSON) {
        self.init()
        delaysMilliseconds = json["delays_ms"]?.elements.compactMap(\.integer) ?? []
        // Fixed delays say themselves how many attempts there are, and are meant as they stand.
        if !delaysMilliseconds.isEmpty {
            maxAttempts = Int64(delaysMilliseconds.count) + 1
            jitter = 0
        }
        maxAttempts = json["max_attempts"]?.integer ?? maxAttempts
        initialMilliseconds = json["initial_ms"]?.integer ?? initialMilliseconds
        factor = json["factor"]?.double ?? factor
        maxMilliseconds = json["max_ms"]?.integer ?? maxMilliseconds
        jitter = json["jitter"]?.double ?? jitter
        retryOn = json["retry_on"]?.elements.compactMap(\.string) ?? []
        failOn = json["fail_on"]?.elements.compactMap(\.string) ?? []
    }

    /// The policy as a record keeps it, or that of one attempt.
    static func stored(_ payload: Payload?) -> RetryPolicy {
        payload.map { RetryPolicy(RawJSON(validated: $0)) } ?? .none
    }
}
