import NIOHTTP1
import SidestepRecording

/// Who may come in, judged by a request's head alone: whoever is on this host can reach a port of loopback,
/// and so can every page in a browser.
struct Door {
    /// Of the endpoint.
    let port: Int

    /// How a connection comes in.
    enum Entrance: Sendable {
        /// By a port of loopback.
        case port
        /// By a Unix socket, which neither a name nor a page in a browser leads to.
        case socket
    }

    /// What a request that may come in asks for.
    struct Admission: Equatable {
        let token: String
        let upstream: String
        /// Path and query as they are sent to the upstream.
        let target: String
    }

    /// The header that carries the token where the path does not; it is not sent on.
    static let tokenHeader = "x-sidestep-token"
    /// Bytes of a request's line and headers.
    static let longestHead = 64 << 10

    func admission(
        _ head: HTTPRequestHead, by entrance: Entrance, forSocket: Bool = false
    ) throws(Rejection) -> Admission {
        try checkOrigin(head, entrance)
        if !forSocket, head.headers.contains(name: "upgrade") {
            throw Rejection(.unsupported, "no other protocol is spoken here than HTTP")
        }
        var rest = Substring(head.uri)
        try Self.checkPath(rest)
        var token = head.headers.first(name: Self.tokenHeader) ?? ""
        if rest.hasPrefix("/r/") {
            rest = rest.dropFirst(3)
            token = Self.takeSegment(&rest)
        }
        rest = rest.dropFirst()
        let upstream = Self.takeSegment(&rest)
        return Admission(
            token: token, upstream: upstream, target: rest.hasPrefix("/") ? String(rest) : "/" + rest)
    }

    /// A name that was made to lead here (DNS rebinding), and requests that a browser sends for a page.
    private func checkOrigin(_ head: HTTPRequestHead, _ entrance: Entrance) throws(Rejection) {
        guard head.method != .CONNECT, head.uri.hasPrefix("/") else {
            throw Rejection(
                .invalidArgument, "this is no proxy: a request names a path here, and no other host")
        }
        let hosts = head.headers[canonicalForm: "host"].map { $0.lowercased() }
        guard entrance == .socket || hosts == ["127.0.0.1:\(port)"] || hosts == ["localhost:\(port)"] else {
            throw Rejection(.notPermitted, "the host of the request is not that of this endpoint")
        }
        // Not Sec-Fetch-Mode: the fetch of Node sends it, too.
        if ["origin", "sec-fetch-site"].contains(where: head.headers.contains(name:)) {
            throw Rejection(.notPermitted, "requests of pages in a browser are not taken")
        }
        let size = head.headers.reduce(head.uri.utf8.count) {
            $0 + $1.name.utf8.count + $1.value.utf8.count + 4
        }
        if size > Self.longestHead { throw Rejection(.payloadTooLarge, "the headers are longer than 64 KiB") }
    }

    /// The upstream reads the path as it is: nothing in it may mean another place there than here.
    static func checkPath(_ target: Substring) throws(Rejection) {
        let isPlain = target.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "\\") }
        let path = target.prefix { $0 != "?" }.lowercased()
        let isHidden = ["%2f", "%5c", "%2e", "%00", "%0a", "%0d"].contains(where: path.contains)
        let climbs = path.split(separator: "/", omittingEmptySubsequences: false).contains {
            $0 == ".." || $0 == "." || $0.hasPrefix("..;")
        }
        guard isPlain, !isHidden, !climbs, !target.contains("#") else {
            throw Rejection(
                .invalidArgument, "the path has a `..`, an encoded slash or a byte that no path has")
        }
    }

    private static func takeSegment(_ rest: inout Substring) -> String {
        let segment = rest.prefix { $0 != "/" && $0 != "?" }
        rest = rest.dropFirst(segment.count)
        return String(segment)
    }
}
