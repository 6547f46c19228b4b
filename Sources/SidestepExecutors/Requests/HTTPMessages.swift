/// An HTTP request to be sent as it is: no redirect is followed, no header is added but those of the
/// transport.
public struct HTTPRequest: Sendable {
    public var method: String
    /// `http://` or `https://`; nothing else is spoken.
    public var url: String
    /// Without line breaks: callers check what comes from clients.
    public var headers: [(name: String, value: String)] = []
    public var body: [UInt8] = []
    /// Milliseconds from the beginning to the last byte of the response.
    public var timeoutMilliseconds: Int64 = 30_000
    /// Milliseconds until there is a connection.
    public var connectTimeoutMilliseconds: Int64 = 10_000
    /// Bytes of the response's body; past it the request fails.
    public var maximumResponseBytes = 1 << 20
    /// The proxy it goes through; empty for none, nil for what libcurl finds in the environment.
    public var proxy: String?
    /// Whether it may reach public addresses only.
    public var isGuarded = false

    public init(_ method: String, _ url: String) {
        self.method = method
        self.url = url
    }
}

/// What a server answered, whatever its status.
public struct HTTPResponse: Sendable {
    public var status: Int
    /// In their order; names in lower case.
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]
    /// What the server asked for in `Retry-After`.
    public var retryAfterSeconds: Int64?

    /// The first header of this name.
    public func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}

/// Why there is no answer.
public enum HTTPFailure: Error, Sendable, Equatable {
    /// The time was over, for the connection or for the whole.
    case timeout
    /// The response's body is longer than was wanted, bytes.
    case tooLarge(limit: Int)
    /// The server has an address that requests may not be sent to.
    case refused(address: String)
    /// Name, connection, TLS or protocol failed: libcurl's sentence.
    case transport(String)
    /// The driver was closed.
    case closed

    /// One sentence for people.
    public var message: String {
        switch self {
        case .timeout: "no answer came in time"
        case .tooLarge(let limit): "the answer is longer than \(limit) bytes"
        case .refused(let address): "requests may not be sent to the address \(address)"
        case .transport(let reason): reason
        case .closed: "the daemon is shutting down"
        }
    }
}
