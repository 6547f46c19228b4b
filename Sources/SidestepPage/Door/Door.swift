import NIOHTTP1

/// Who may come in, judged by a request's head alone: every program of this host reaches a port of loopback, and so
/// does every page in a browser.
struct Door: Sendable {
    /// Of the server.
    let port: Int

    /// Bytes of a request's line and headers.
    static let longestHead = 16 << 10
    /// Bytes of a request's body.
    static let longestBody = 4 << 20

    /// The names that lead here. A name of somebody else's that does (DNS rebinding) is none of them, and it is all
    /// that tells: `Origin` and `Sec-Fetch-Site` say what they say of a page of ours.
    var hosts: [String] {
        let names = ["127.0.0.1", "localhost", "[::1]"]
        // A browser leaves out the port that is HTTP's own.
        return names.map { "\($0):\(port)" } + (port == 80 ? names : [])
    }

    /// Looked at before anything else, whatever is asked for.
    func check(_ head: HTTPRequestHead) throws(Refusal) {
        guard head.uri.hasPrefix("/") else {
            throw Refusal(
                400, "invalid_argument", "a request names a path here", hint: "This is no proxy.")
        }
        let given = head.headers["host"].map { $0.lowercased() }
        guard given.count == 1, hosts.contains(given[0]) else {
            throw Refusal(
                403, "not_permitted", "the host of the request is not this one",
                hint: "Open http://127.0.0.1:\(port)/; through a tunnel with the same port on both ends.")
        }
        let origins = head.headers["origin"].map { $0.lowercased() }
        guard origins.allSatisfy({ $0 == "http://\(given[0])" }) else { throw Self.foreign }
        if Self.size(of: head) > Self.longestHead { throw Self.headTooLong }
    }

    /// What a page of somebody else's may ask a browser for: the page itself, as a link leads there.
    func check(_ head: HTTPRequestHead, to route: Route) throws(Refusal) {
        let site = head.headers["sec-fetch-site"]
        switch head.method {
        case .GET, .HEAD:
            let isLink = route == .page && head.headers["sec-fetch-mode"] == ["navigate"]
            guard isLink || site.allSatisfy({ $0 == "same-origin" || $0 == "none" }) else {
                throw Self.foreign
            }
        case .POST:
            guard site == ["same-origin"] else { throw Self.foreign }
            try Self.checkBody(head)
        default:
            throw Self.otherMethod
        }
        guard route.methods.contains(head.method) else { throw Self.otherMethod }
    }

    private static func checkBody(_ head: HTTPRequestHead) throws(Refusal) {
        guard isJSON(head.headers["content-type"]) else {
            throw Refusal(
                415, "invalid_argument", "the body of a request is application/json here",
                hint: "Set `Content-Type: application/json`.")
        }
        // How long it is must be known before it comes.
        guard !head.headers.contains(name: "transfer-encoding"),
            let length = head.headers.first(name: "content-length").flatMap({ Int($0) })
        else {
            throw Refusal(
                411, "invalid_argument", "the request does not say how long its body is",
                hint: "Set `Content-Length`.")
        }
        if length > longestBody { throw bodyTooLong }
    }

    /// Forms of HTML can send neither this type nor any that begins like it.
    private static func isJSON(_ types: [String]) -> Bool {
        guard types.count == 1 else { return false }
        let parts = types[0].lowercased().split(separator: ";", omittingEmptySubsequences: false)
            .map { $0.drop { $0 == " " } }
        return parts[0] == "application/json" && (parts.count == 1 || parts[1...] == ["charset=utf-8"])
    }

    private static func size(of head: HTTPRequestHead) -> Int {
        head.headers.reduce(head.uri.utf8.count) { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 }
    }

    static let headTooLong = Refusal(
        431, "payload_too_large", "the headers are longer than 16 KiB",
        hint: "Remove cookies of other programs of this host from the browser.")
    static let bodyTooLong = Refusal(
        413, "payload_too_large", "the body is longer than 4 MiB", hint: "Use `sidestep call` for it.")
    private static let foreign = Refusal(
        403, "not_permitted", "only this page's own requests are taken", hint: "Open the page itself.")
    private static let otherMethod = Refusal(
        405, "invalid_argument", "nothing here has that method", hint: "GET, HEAD, or POST where it is taken."
    )
}
