import NIOCore
import NIOHTTP1
import SidestepProtocol
import Testing

@testable import SidestepPage

@Suite("Answers of the page")
struct ReplyTests {
    @Test(
        "lead to where a path says",
        arguments: [
            ("/", Route.page), ("/runs", .page), ("/runs/a.b", .page), ("/runs/a/compare/b.js", .page),
            ("/?x=a.b", .page),
            ("/app.js", .file("app.js")), ("/app.js?v=1", .file("app.js")), ("/a/app.js", .nothing),
            ("/../etc/passwd.x", .nothing), ("/session", .session), ("/rpc", .call),
            ("/events?after=1", .events),
            ("/metrics", .metrics), ("/session/", .page), ("/favicon.ico", .file("favicon.ico")),
        ])
    func routes(path: String, route: Route) { #expect(Route(path) == route) }

    @Test("have what protects them in their heads, whatever they are about")
    func safety() {
        for reply in [Reply.refusal(.noSession), .result(.emptyObject), Reply(204)] {
            let head = reply.head(length: 0, keepAlive: true)
            let policy = head.headers["content-security-policy"]
            #expect(policy.count == 1)
            for part in [
                "default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'",
                "form-action 'none'", "require-trusted-types-for 'script'",
            ] { #expect(policy[0].contains(part)) }
            #expect(!policy[0].contains("unsafe"))
            #expect(head.headers["x-content-type-options"] == ["nosniff"])
            #expect(head.headers["referrer-policy"] == ["no-referrer"])
            #expect(head.headers["cross-origin-resource-policy"] == ["same-origin"])
            #expect(head.headers["cross-origin-opener-policy"] == ["same-origin"])
            #expect(!head.headers.contains { $0.name.hasPrefix("access-control") })
            #expect(head.headers["cache-control"] == ["no-store"])
        }
    }

    @Test("hand on the bytes of the daemon")
    func bytes() {
        let value = RawJSON(
            validated: Array(#"{"a":1e400,"b":"\u00e4 <script>","c":12345678901234567890}"#.utf8)[...])
        #expect(String(buffer: Reply.result(value).body) == #"{"result":\#(value.text)}"#)
        let error = RPCError(code: -32000, message: "no", data: value)
        #expect(
            String(buffer: Reply.error(error).body)
                == #"{"error":{"code":-32000,"message":"no","data":\#(value.text)}}"#)
    }

    @Test("are files of the page, known by what is in them")
    func files() throws {
        let page = try #require(PageAsset.all["index.html"])
        #expect(page.type == "text/html; charset=utf-8")
        let first = page.reply(known: [])
        #expect(first.status == 200)
        #expect(first.body.readableBytes == page.bytes.count)
        #expect(page.reply(known: ["\"x\", \(page.tag)"]).status == 304)
        #expect(page.reply(known: ["W/\(page.tag)"]).status == 304)
        #expect(page.reply(known: ["\"x\""]).status == 200)
        #expect(PageAsset("app.js", []).type == "text/javascript; charset=utf-8")
    }

    @Test("find what stands behind the question mark")
    func query() {
        #expect(Query.value("after", in: "/events?x=1&after=12&after=13") == "12")
        #expect(Query.value("after", in: "/events?xafter=1") == nil)
        #expect(Query.value("after", in: "/after=1") == nil)
    }
}
