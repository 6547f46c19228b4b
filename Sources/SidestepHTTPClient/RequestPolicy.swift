/// Where the daemon may send requests for clients, of steps and to webhooks: set by its operator.
public struct RequestPolicy: Sendable, Equatable {
    /// Whether loopback, private and link-local addresses are allowed.
    public var allowsPrivate = false
    /// The hosts that may be named; a name that begins with a dot stands for all below it. Empty: every host.
    public var hosts: [String] = []
    /// The proxy that all requests go through; empty for none.
    public var proxy = ""
    /// Whether the proxy is the one that the environment names for it, as with curl(1): for programs of a user.
    package var usesEnvironment = false

    /// The rules of a daemon that is told nothing: public addresses alone.
    public init() {}

    /// The URL, if it may be asked for.
    ///
    /// - Throws: why not.
    package func url(_ text: String) throws(Refusal) -> RequestURL {
        guard let url = RequestURL(text), ["http", "https"].contains(url.scheme) else {
            throw Refusal(type: "host_not_allowed", message: "the URL cannot be understood")
        }
        try check(url)
        return url
    }

    func check(_ url: RequestURL) throws(Refusal) {
        if hosts.isEmpty || hosts.contains(where: { Self.matches(url.host, $0) }) { return }
        throw Refusal(
            type: "host_not_allowed",
            message:
                "the host '\(url.host)' is not among those that `http_hosts` in the daemon's configuration allows"
        )
    }

    private static func matches(_ host: String, _ allowed: String) -> Bool {
        allowed.hasPrefix(".") ? host.hasSuffix(allowed) : host == allowed
    }
}
