import NIOCore
import NIOHTTP1
import Sidestep
import SidestepProtocol

/// An answer as a browser gets it.
struct Reply {
    var status: Int
    var headers: [(String, String)]
    var body: ByteBuffer

    init(_ status: Int, _ headers: [(String, String)] = [], body: ByteBuffer = ByteBuffer()) {
        (self.status, self.headers, self.body) = (status, headers, body)
    }

    static func json(_ status: Int, _ value: RawJSON) -> Reply {
        Reply(status, [jsonType], body: ByteBuffer(bytes: value.bytes))
    }

    static func refusal(_ refusal: Refusal) -> Reply { json(refusal.status, refusal.json) }

    /// What a call came to: the bytes of the daemon, as they are.
    static func result(_ value: RawJSON) -> Reply {
        var body = ByteBufferAllocator().buffer(capacity: value.bytes.count + 16)
        body.writeString(#"{"result":"#)
        body.writeBytes(value.bytes)
        body.writeString("}")
        return Reply(200, [jsonType], body: body)
    }

    static func error(_ error: RPCError) -> Reply {
        json(
            200,
            .object { writer in
                writer.object("error") { writer in
                    writer.member("code", error.code)
                    writer.member("message", error.message)
                    writer.member("data", error.data)
                }
            })
    }

    private static let jsonType = ("content-type", "application/json; charset=utf-8")

    /// What a browser is told of every answer, whatever it is about.
    static let safety = [
        (
            "content-security-policy",
            [
                "default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'",
                "img-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
                "require-trusted-types-for 'script'",
            ].joined(separator: "; ")
        ),
        ("x-content-type-options", "nosniff"), ("x-frame-options", "DENY"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"), ("cross-origin-resource-policy", "same-origin"),
        ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
    ]

    /// - Parameter length: of the body; nil for one that goes on for ever.
    func head(length: Int?, keepAlive: Bool) -> HTTPResponseHead {
        var fields = HTTPHeaders(Self.safety + headers)
        if !fields.contains(name: "cache-control") { fields.add(name: "cache-control", value: "no-store") }
        if let length, status != 204, status != 304 { fields.add(name: "content-length", value: "\(length)") }
        if !keepAlive { fields.add(name: "connection", value: "close") }
        return HTTPResponseHead(version: .http1_1, status: .init(statusCode: status), headers: fields)
    }
}
