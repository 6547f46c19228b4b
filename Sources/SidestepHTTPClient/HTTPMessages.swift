import Glibc
import SidestepModel

/// An HTTP request to be sent as it is: no redirect is followed, no header is added but those of the
/// transport. Header values and body may hold secrets. Where it may go is the operator's to say: there is
/// none without a policy.
public struct HTTPRequest: Sendable {
    package var method: String
    /// `http://` or `https://`; nothing else is spoken.
    package private(set) var url: RequestURL
    /// Without line breaks, and none of those of RequestHeader.
    package private(set) var headers: [(name: String, value: SecretBytes)] = []
    /// What is sent behind the headers.
    public var body = SecretBytes()
    /// Milliseconds from the beginning to the last byte of the response.
    public var timeoutMilliseconds: Int64 = 30_000
    /// Milliseconds until there is a connection.
    public var connectTimeoutMilliseconds: Int64 = 10_000
    /// Bytes of the response's body; past it the request fails, or, where the body is of no interest, ends.
    public var maximumResponseBytes = 1 << 20
    /// Whether the response's body is kept.
    public var wantsBody = true
    private(set) var route: HTTPRoute
    /// Who hears of the response as it comes; nil where it is kept until its end.
    package var listener: HTTPListener?

    /// - Throws: why the operator does not allow it.
    package init(_ method: String, _ text: String, _ policy: RequestPolicy) throws(Refusal) {
        self.method = method
        url = try policy.url(text)
        route = HTTPRoute(policy)
    }

    /// Makes it a request for another URL, by the rules that hold now.
    ///
    /// - Throws: why the operator does not allow it.
    package mutating func turn(to url: RequestURL, _ policy: RequestPolicy) throws(Refusal) {
        try policy.check(url)
        self.url = url
        route = HTTPRoute(policy)
    }

    /// - Throws: when it is no header that may be sent: those of earlier versions are stored unchecked.
    package mutating func add(_ name: String, _ value: SecretBytes) throws(Refusal) {
        if let problem = RequestHeader.problem(name, value) {
            throw Refusal(
                type: "header", message: "the header \(name.prefix(100)) has a name or value \(problem)")
        }
        headers.append((name, value))
    }

    package mutating func removeHeaders(where isGone: (String) -> Bool) {
        headers.removeAll { isGone($0.name.lowercased()) }
    }
}

extension HTTPRequest {
    /// A request of somebody else that is sent on as it is: its headers are his, and no time-out is ours but
    /// that of a server that sends nothing.
    ///
    /// - Throws: why it may not be sent.
    package init(
        passing method: String, _ text: String, _ policy: RequestPolicy,
        headers: [(name: String, value: String)]
    ) throws(Refusal) {
        try self.init(method, text, policy)
        timeoutMilliseconds = 0
        maximumResponseBytes = .max
        wantsBody = false
        for header in headers { try add(header.name, SecretBytes(header.value.utf8)) }
    }
}

/// Hears of a response while it comes, on a thread of the driver's, which it must not hold up.
package struct HTTPListener: Sendable {
    /// The status and the headers.
    package let head: @Sendable (Int, [(name: String, value: String)]) -> Void
    /// What comes behind them; the bytes are there for the call alone.
    package let body: @Sendable (UnsafeRawBufferPointer) -> Void

    package init(
        head: @escaping @Sendable (Int, [(name: String, value: String)]) -> Void,
        body: @escaping @Sendable (UnsafeRawBufferPointer) -> Void
    ) { (self.head, self.body) = (head, body) }
}

/// Which way a request takes to its server; connections of one way serve no request of another.
public struct HTTPRoute: Sendable, Equatable {
    /// The proxy it goes through; empty for none.
    let proxy: String
    /// Whether it may reach public addresses only.
    let isGuarded: Bool
    /// Whether the environment names the proxy.
    let usesEnvironment: Bool

    init(_ policy: RequestPolicy) {
        proxy = policy.proxy
        usesEnvironment = policy.usesEnvironment
        let isDirect = policy.proxy.isEmpty && !(policy.usesEnvironment && Self.environmentHasProxy)
        isGuarded = !policy.allowsPrivate && isDirect
    }

    /// curl(1), "ENVIRONMENT".
    private static let environmentHasProxy = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"].contains
    {
        (name: String) in getenv(name).map { $0.pointee != 0 } ?? false
    }
}

/// What a server answered, whatever its status. It may repeat secrets.
public struct HTTPResponse: Sendable {
    /// The number of the status line, 200 for example.
    public var status: Int
    /// The lines of the header as they came.
    public var head = SecretBytes()
    /// What came behind the headers.
    public var body = SecretBytes()
    /// What the server asked for in `Retry-After`.
    public var retryAfterSeconds: Int64?

    /// The values of the headers of this name, which is in lower case, in their order.
    public func values(of name: String) -> [SecretBytes] {
        head.withUnsafeBytes { head in
            // By this type it is the split that copies nothing.
            let lines: [Slice<UnsafeRawBufferPointer>] = head.split(separator: 0x0a)
            return lines.compactMap { line in
                guard let colon = line.firstIndex(of: UInt8(ascii: ":")),
                    line[..<colon].elementsEqual(name.utf8, by: { Self.lowercased($0) == $1 })
                else { return nil }
                let value = line[(colon + 1)...].drop(while: Self.isSpace)
                let end = value.lastIndex { !Self.isSpace($0) }.map { $0 + 1 } ?? value.startIndex
                return SecretBytes(value[..<end])
            }
        }
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0d }
}

/// How long a server may ask us to wait: RFC 9110 §10.2.3.
package enum RetryAfter {
    /// Seconds: a day.
    static let longest: Int64 = 86_400

    package static func milliseconds(_ response: HTTPResponse) -> Int64? {
        response.retryAfterSeconds.map { min($0, longest) * 1000 }
    }
}

/// Why there is no answer.
public enum HTTPFailure: Error, Sendable, Equatable {
    /// The time was over, for the connection or for the whole.
    case timeout
    /// The response's body is longer than was wanted, bytes.
    case tooLarge(limit: Int)
    /// The server has an address that requests may not be sent to.
    case refused(address: String)
    /// There was no connection, and nothing was sent: libcurl's sentence.
    case unreached(String)
    /// Connection or protocol failed, after something was sent: libcurl's sentence.
    case transport(String)
    /// Its sender stopped it.
    case stopped
    /// The driver was closed.
    case closed

    /// Whether the operator does not allow it: another attempt would meet that, too.
    package var isOfPolicy: Bool {
        if case .refused = self { true } else { false }
    }

    /// One sentence for people.
    public var message: String {
        switch self {
        case .timeout: "no answer came in time"
        case .tooLarge(let limit): "the answer is longer than \(limit) bytes"
        case .refused(let address):
            """
            requests may not be sent to the address \(address); `http_allow_private = yes` in the daemon's \
            configuration allows private ones
            """
        case .unreached(let reason), .transport(let reason): reason
        case .stopped: "the request was stopped"
        case .closed: "the daemon is shutting down"
        }
    }
}
