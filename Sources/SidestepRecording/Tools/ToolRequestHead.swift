import SidestepProtocol

/// What a message of the Model Context Protocol says in the headers of its request over streamable HTTP.
public struct ToolRequestHead: Sendable {
    /// The id of a request that wants an answer; nil for a notification, an answer, and what is no JSON.
    public let id: RawJSON?
    /// Its method; nil without one.
    public let method: String?
    /// The headers that repeat it, for the era of 2026-07-28; empty in the older one.
    public let headers: [(name: String, value: String)]

    /// Which member of its parameters a method's `Mcp-Name` repeats.
    private static let named = ["tools/call": "name", "prompts/get": "name", "resources/read": "uri"]

    /// Reads a line.
    public init(_ line: [UInt8]) {
        let value = try? RawJSON(parsing: line, depth: 20_000)
        let method = value?["method"]?.string
        let params = value?["params"]
        id = method == nil ? nil : value?["id"]
        self.method = method
        guard let method, let version = params?["_meta"]?["io.modelcontextprotocol/protocolVersion"]?.string
        else {
            headers = []
            return
        }
        var headers = [
            (name: "Mcp-Protocol-Version", value: Self.encoded(version)),
            (name: "Mcp-Method", value: Self.encoded(method)),
        ]
        if let name = Self.named[method].flatMap({ params?[$0]?.string }) {
            headers.append((name: "Mcp-Name", value: Self.encoded(name)))
        }
        self.headers = headers
    }

    /// A text as the value of a header: as it is where that is safe, else in the protocol's form of base 64.
    static func encoded(_ text: String) -> String {
        let isSafe = text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
        let isPlain = isSafe && text.first != " " && text.last != " " && !text.hasPrefix("=?base64?")
        return isPlain ? text : "=?base64?" + Base64.encode(Array(text.utf8)) + "?="
    }
}
