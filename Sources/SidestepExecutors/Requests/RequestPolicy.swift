/// Where the daemon may send requests for clients: set by its operator.
public struct RequestPolicy: Sendable {
    /// Whether loopback, private and link-local addresses are allowed.
    public var allowsPrivate = false
    /// The hosts that may be named; a name that begins with a dot stands for all below it. Empty: every host.
    public var hosts: [String] = []
    /// The proxy that all requests go through; empty for none.
    public var proxy = ""

    public init() {}

    /// Why a URL may not be asked for; nil when it may.
    func refusal(_ url: RequestURL) -> String? {
        if hosts.isEmpty || hosts.contains(where: { Self.matches(url.host, $0) }) { return nil }
        return
            "the host '\(url.host)' is not among those that `http_hosts` in the daemon's configuration allows"
    }

    private static func matches(_ host: String, _ allowed: String) -> Bool {
        allowed.hasPrefix(".") ? host.hasSuffix(allowed) : host == allowed
    }
}
