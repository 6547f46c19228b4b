import SidestepProtocol

/// A request as it came: what a call is keyed by.
public struct RecordedRequest: Sendable {
    /// How it travels: what is a member of a frame only because of the connection is no part of a key.
    public enum Transport: Sendable {
        case http, webSocket
    }

    /// The HTTP method in capitals; for a frame of a WebSocket that of the request it stands for, `POST`.
    public let method: String
    /// The name of the upstream.
    public let upstream: String
    /// Path and query without the prefix of run and upstream.
    public let target: String
    /// All headers, in their order.
    public let headers: [(name: String, value: String)]
    /// The body's bytes.
    public let body: [UInt8]
    /// How it travels.
    public let transport: Transport

    /// The body as JSON, read once for all who look into it; nil for what is none.
    public let json: RawJSON?

    /// Levels of nesting that are looked into; what is nested more deeply counts as bytes.
    private static let depth = 20_000

    /// A request as it was read.
    public init(
        method: String, upstream: String, target: String, headers: [(name: String, value: String)],
        body: [UInt8], transport: Transport = .http
    ) {
        self.method = method
        self.upstream = upstream
        self.target = target
        self.headers = headers
        self.body = body
        self.transport = transport
        json = try? RawJSON(parsing: body, depth: Self.depth)
    }

    /// The values of a header, by its name in lower case.
    public func values(of name: String) -> [String] {
        headers.filter { $0.name.lowercased() == name }.map(\.value)
    }

    /// The media type of the body without its parameters, in lower case; empty without one.
    public var mediaType: String {
        let value = values(of: "content-type").first ?? ""
        return HeaderText.trimmed(value.prefix { $0 != ";" }).lowercased()
    }

    /// How often the client says that it has sent this request before; 0 for one that does not say.
    public var retryCount: Int { values(of: "x-stainless-retry-count").first.flatMap { Int($0) } ?? 0 }

    /// The key under which a client repeats a request, for those that send one.
    public var idempotencyKey: String? { values(of: "idempotency-key").first }
}

/// What header values are taken apart with.
enum HeaderText {
    static func trimmed(_ text: some StringProtocol) -> String {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        let rest = text.drop(while: isBlank)
        return String(rest.reversed().drop(while: isBlank).reversed())
    }

    /// A parameter of a header like `form-data; name="x"`, quotes taken off.
    static func parameter(_ name: String, of value: String) -> String? {
        for part in parts(of: value).dropFirst() {
            guard let equals = part.firstIndex(of: "="),
                trimmed(part[..<equals]).lowercased() == name
            else { continue }
            let text = trimmed(part[part.index(after: equals)...])
            return text.hasPrefix("\"") && text.hasSuffix("\"") && text.count > 1
                ? String(text.dropFirst().dropLast()) : text
        }
        return nil
    }

    /// What stands between semicolons that are not quoted.
    private static func parts(of value: String) -> [Substring] {
        var isQuoted = false
        return value.split(omittingEmptySubsequences: false) { character in
            if character == "\"" { isQuoted.toggle() }
            return character == ";" && !isQuoted
        }
    }
}
