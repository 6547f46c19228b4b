import SidestepHTTPClient
import Testing

@testable import SidestepExecutors

@Suite("How a request goes on where a server redirects it")
struct RedirectTests {
    private func outgoing(
        _ method: String = "GET", _ url: String = "https://one.example/a/b?q", left: Int64 = 5
    ) throws -> OutgoingRequest {
        var request = try HTTPRequest(method, url, RequestPolicy())
        for name in ["Authorization", "Cookie", "X-Key", "X-Plain", "Content-Type"] {
            try request.add(name, SecretBytes("x".utf8))
        }
        request.body = SecretBytes("body".utf8)
        var outgoing = OutgoingRequest(request: request)
        outgoing.redirectsLeft = left
        outgoing.secretHeaders = ["x-key"]
        return outgoing
    }

    private func names(_ outgoing: OutgoingRequest?) -> [String] {
        outgoing?.request.headers.map(\.name) ?? []
    }

    @Test(
        "References are resolved as RFC 3986 says",
        arguments: [
            ("/c", "https://one.example/c"), ("c", "https://one.example/a/c"),
            ("../c", "https://one.example/c"),
            ("?r", "https://one.example/a/b?r"), ("//two.example/x", "https://two.example/x"),
            ("https://two.example", "https://two.example/"),
        ])
    func targets(_ location: String, _ wanted: String) throws {
        #expect(try outgoing().redirected(302, to: location, RequestPolicy())?.url.text == wanted)
    }

    @Test("Only redirects with a method for them are followed, and only as many as are left")
    func statuses() throws {
        for status in 100...599 {
            let isFollowed = [301, 302, 303, 307, 308].contains(status)
            #expect(
                (try outgoing().redirected(status, to: "/c", RequestPolicy()) != nil) == isFollowed,
                "\(status)")
        }
        #expect(try outgoing(left: 1).redirected(302, to: "/c", RequestPolicy())?.redirectsLeft == 0)
        #expect(try outgoing(left: 0).redirected(302, to: "/c", RequestPolicy()) == nil)
    }

    @Test(
        "Headers for one origin stay in it",
        arguments: [
            ("/c", true), ("https://one.example:443/c", true), ("https://ONE.example/c", true),
            ("https://one.example:444/c", false), ("https://two.example/c", false),
            ("https://sub.one.example/c", false), ("https://one.example.evil/c", false),
            ("https://one.example@two.example/c", false),
        ])
    func origins(_ location: String, _ isSame: Bool) throws {
        let next = try outgoing().redirected(307, to: location, RequestPolicy())
        let all = ["Authorization", "Cookie", "X-Key", "X-Plain", "Content-Type"]
        #expect(names(next) == (isSame ? all : ["X-Plain", "Content-Type"]))
    }

    @Test("A body with a credential does not leave its origin, unless it is not sent on at all")
    func bodies() throws {
        var given = try outgoing("POST")
        given.hasSecretBody = true
        #expect(throws: Refusal.self) {
            try given.redirected(307, to: "https://two.example/", RequestPolicy())
        }
        #expect(try given.redirected(307, to: "/c", RequestPolicy())?.request.body.count == 4)
        let next = try given.redirected(302, to: "https://two.example/", RequestPolicy())
        #expect(next?.request.body.count == 0)
        #expect(next?.request.method == "GET")
        #expect(names(next) == ["X-Plain"])
    }

    @Test(
        "No other scheme, and no way from https to http",
        arguments: [
            "http://one.example/a", "ftp://one.example/", "file:///etc/passwd", "javascript:1", "data:,x",
        ])
    func schemes(_ location: String) throws {
        let given = try outgoing()
        #expect(throws: Refusal.self) { try given.redirected(302, to: location, RequestPolicy()) }
    }

    @Test("From http to https is another origin")
    func upgrade() throws {
        let next = try outgoing("GET", "http://one.example/").redirected(
            302, to: "https://one.example/", RequestPolicy())
        #expect(names(next) == ["X-Plain", "Content-Type"])
    }

    @Test("Only hosts of the list are targets; a name with a dot before it stands for all below it")
    func hosts() throws {
        var policy = RequestPolicy()
        policy.hosts = ["one.example", ".two.example"]
        let given = try outgoing()
        for location in ["/c", "https://a.two.example/", "https://A.B.Two.Example/"] {
            #expect(try given.redirected(302, to: location, policy) != nil, "\(location)")
        }
        for location in ["https://two.example/", "https://three.example/", "https://one.example.evil/"] {
            #expect(throws: Refusal.self) { try given.redirected(302, to: location, policy) }
        }
    }
}
