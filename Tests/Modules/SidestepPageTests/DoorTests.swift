import NIOHTTP1
import Testing

@testable import SidestepPage

@Suite("The door of the page")
struct DoorTests {
    static let door = Door(port: 7070)

    static func head(
        _ method: HTTPMethod = .GET, _ path: String = "/", _ fields: [(String, String)] = [],
        host: String? = "127.0.0.1:7070"
    ) -> HTTPRequestHead {
        let all = (host.map { [("Host", $0)] } ?? []) + fields
        return HTTPRequestHead(version: .http1_1, method: method, uri: path, headers: HTTPHeaders(all))
    }

    /// The status of the refusal; nil when it may come in.
    static func status(_ head: HTTPRequestHead, _ door: Door = door) -> Int? {
        do throws(Refusal) {
            try door.check(head)
            try door.check(head, to: Route(head.uri))
            return nil
        } catch {
            return error.status
        }
    }

    @Test(
        "lets in who names this host",
        arguments: ["127.0.0.1:7070", "localhost:7070", "LOCALHOST:7070", "[::1]:7070"])
    func hosts(host: String) { #expect(Self.status(Self.head(host: host)) == nil) }

    @Test(
        "refuses every other name, whatever leads here",
        arguments: [
            nil, "", "evil.example:7070", "evil.example", "127.0.0.1", "localhost", "127.0.0.1:7071",
            "127.0.0.1:70700",
            "127.0.0.1:7070.evil.example", "127.0.0.1.evil.example:7070", "127.0.0.2:7070", "[::1]",
            "0.0.0.0:7070",
            "[::ffff:127.0.0.1]:7070", "localhost.:7070", " 127.0.0.1:7070", "user@127.0.0.1:7070",
            "2130706433:7070",
        ])
    func otherHosts(host: String?) {
        for path in ["/", "/app.js", "/session", "/rpc", "/events", "/metrics", "/runs/x"] {
            #expect(Self.status(Self.head(.GET, path, host: host)) == 403)
            #expect(Self.status(Self.head(.POST, path, Self.ours, host: host)) == 403)
        }
    }

    @Test("refuses two names, of which one is right")
    func twoHosts() {
        #expect(Self.status(Self.head(.GET, "/", [("host", "127.0.0.1:7070")])) == 403)
        #expect(Self.status(Self.head(.GET, "/", [("host", "evil.example")])) == 403)
    }

    @Test("takes the names alone at HTTP's own port, as browsers send them")
    func port80() {
        let door = Door(port: 80)
        for host in ["127.0.0.1", "localhost:80", "[::1]"] {
            #expect(Self.status(Self.head(host: host), door) == nil)
        }
        #expect(Self.status(Self.head(host: "evil.example"), door) == 403)
    }

    @Test("is no proxy", arguments: ["http://127.0.0.1:7070/", "127.0.0.1:7070", "*", ""])
    func targets(target: String) { #expect(Self.status(Self.head(.GET, target)) == 400) }

    static let ours = [
        ("Sec-Fetch-Site", "same-origin"), ("Content-Type", "application/json"), ("Content-Length", "2"),
    ]

    @Test("takes a call of the page")
    func calls() {
        #expect(Self.status(Self.head(.POST, "/rpc", Self.ours)) == nil)
        #expect(
            Self.status(Self.head(.POST, "/session", Self.ours + [("Origin", "http://127.0.0.1:7070")]))
                == nil)
    }

    @Test(
        "refuses a call that a browser does not vouch for",
        arguments: [nil, "cross-site", "same-site", "none", ""])
    func sites(site: String?) {
        let fields = (site.map { [("Sec-Fetch-Site", $0)] } ?? []) + Self.ours.dropFirst()
        #expect(Self.status(Self.head(.POST, "/rpc", fields)) == 403)
    }

    @Test(
        "refuses an origin that is not the host's",
        arguments: ["null", "https://127.0.0.1:7070", "http://localhost:7070", "http://evil.example"])
    func origins(origin: String) {
        #expect(Self.status(Self.head(.POST, "/rpc", Self.ours + [("Origin", origin)])) == 403)
        #expect(Self.status(Self.head(.GET, "/events", [("Origin", origin)])) == 403)
    }

    @Test("shows the page to who follows a link, and nothing else to other sites")
    func links() {
        let fields = [("Sec-Fetch-Site", "cross-site")]
        let link = fields + [("Sec-Fetch-Mode", "navigate")]
        #expect(Self.status(Self.head(.GET, "/runs/a.b", link)) == nil)
        #expect(Self.status(Self.head(.GET, "/runs/a.b", fields)) == 403)
        for path in ["/app.js", "/session", "/events", "/metrics"] {
            #expect(Self.status(Self.head(.GET, path, link)) == 403)
        }
    }

    @Test(
        "takes JSON alone",
        arguments: [
            nil, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data",
            "application/jsonx", "application/json;x",
        ])
    func types(type: String?) {
        let fields = Self.ours.filter { $0.0 != "Content-Type" } + (type.map { [("Content-Type", $0)] } ?? [])
        #expect(Self.status(Self.head(.POST, "/rpc", fields)) == 415)
    }

    @Test("takes JSON that says its encoding")
    func charset() {
        let fields = Self.ours.filter { $0.0 != "Content-Type" }
        let type = [("Content-Type", "application/json; charset=UTF-8")]
        #expect(Self.status(Self.head(.POST, "/rpc", fields + type)) == nil)
    }

    @Test("must know how long a body is, and has a limit for it")
    func bodies() {
        let fields = Array(Self.ours.dropLast())
        #expect(Self.status(Self.head(.POST, "/rpc", fields)) == 411)
        #expect(Self.status(Self.head(.POST, "/rpc", Self.ours + [("Transfer-Encoding", "chunked")])) == 411)
        let limit = 4 << 20
        #expect(Self.status(Self.head(.POST, "/rpc", fields + [("Content-Length", "\(limit)")])) == nil)
        #expect(Self.status(Self.head(.POST, "/rpc", fields + [("Content-Length", "\(limit + 1)")])) == 413)
    }

    @Test("has a limit for a head")
    func heads() {
        let size = { (count: Int) in [("x", String(repeating: "x", count: count))] }
        // Line, names and values, as they are counted.
        let rest = 1 + "Host127.0.0.1:7070".utf8.count + 4 + 1 + 4
        #expect(Self.status(Self.head(.GET, "/", size((16 << 10) - rest))) == nil)
        #expect(Self.status(Self.head(.GET, "/", size((16 << 10) - rest + 1))) == 431)
    }

    @Test("knows no other methods", arguments: [HTTPMethod.PUT, .DELETE, .OPTIONS, .PATCH, .TRACE])
    func methods(method: HTTPMethod) { #expect(Self.status(Self.head(method, "/rpc", Self.ours)) == 405) }

    @Test("takes calls at their places alone")
    func places() {
        #expect(Self.status(Self.head(.GET, "/rpc")) == 405)
        for path in ["/", "/app.js", "/events", "/metrics"] {
            #expect(Self.status(Self.head(.POST, path, Self.ours)) == 405)
        }
    }
}
