import SidestepHash
import SidestepProtocol

/// A line between a client of the Model Context Protocol and its server, as far as it concerns calls of tools.
///
/// Both eras of the protocol look the same here: what each has besides, passes.
public enum ToolMessage: Sendable, Equatable {
    /// A tool is called.
    case call(ToolCall)
    /// The tools are asked for, under this id.
    case list(id: RawJSON)
    /// An answer of the server.
    case answer(id: RawJSON, result: RawJSON?)
    /// An answer of ours in the server's stead: nobody knows what became of the request.
    case loss(id: RawJSON)
    /// Several messages in one, among them calls of tools with these ids.
    case batch(ids: [RawJSON])
    /// Anything else.
    case other

    /// Reads a line; what is no JSON is anything else.
    public init(_ line: [UInt8]) {
        guard let value = try? RawJSON(parsing: line, depth: 20_000) else {
            self = .other
            return
        }
        if value.kind == .array {
            let calls = value.elements.filter { $0["method"]?.string == ToolCall.method }
            self = calls.isEmpty ? .other : .batch(ids: calls.compactMap { $0["id"] })
        } else if let id = value["id"], value.kind == .object {
            self = Self(value, id: id)
        } else {
            self = .other
        }
    }

    private init(_ value: RawJSON, id: RawJSON) {
        switch value["method"]?.string {
        case ToolCall.method: self = ToolCall(id: id, value["params"]).map(Self.call) ?? .other
        case "tools/list": self = .list(id: id)
        case nil where value["error"]?["data"]?["sidestep"]?.string == ToolCall.unknown: self = .loss(id: id)
        case nil where value["result"] != nil || value["error"] != nil:
            self = .answer(id: id, result: value["result"])
        default: self = .other
        }
    }
}

/// One call of a tool.
public struct ToolCall: Sendable, Equatable {
    static let method = "tools/call"
    static let unknown = "outcome_unknown"

    /// The id of its request, as it was written.
    public let id: RawJSON
    /// The tool's name.
    public let tool: String
    /// Equal for equal calls: of the tool, its arguments and what was answered to its questions. What the
    /// protocol adds for its own sake (`_meta`: progress, traces, versions) does not count.
    public let key: String
    /// What it carries.
    public let params: RawJSON
    /// Whether it is of the era in which each result says what it is (protocol 2026-07-28): such a request says its
    /// version, which others agreed on before.
    let wantsResultType: Bool

    /// Nil for what names no tool, and for what is to run as a task of the server: its result is a handle that only
    /// that server knows.
    init?(id: RawJSON, _ params: RawJSON?) {
        guard let params, let tool = params["name"]?.string, params["task"] == nil else { return nil }
        self.id = id
        self.tool = tool
        self.params = params
        wantsResultType = params["_meta"]?["io.modelcontextprotocol/protocolVersion"] != nil
        let meta = params.members.filter { $0.key == "_meta" }.map(\.value.bytes.indices)
        let text = CanonicalBody.text(
            of: params, edits: BodyEdits(dropped: meta), mask: VolatileText([]))
        key = Self.hex(ContentHash.of(text ?? Array(params.bytes)))
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        let text = bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return String(decoding: text, as: UTF8.self)
    }

    /// The request with another id, for a server that is to do again what it did.
    public func request(id: String) -> [UInt8] {
        let value = RawJSON.build { writer in
            writer.beginObject()
            writer.member("jsonrpc", "2.0")
            writer.member("id", id)
            writer.member("method", Self.method)
            writer.member("params", params)
            writer.endObject()
        }
        return value.bytes + [0x0A]
    }

    /// The line that answers it with a result, which may have been recorded in the other era.
    public func answer(_ result: RawJSON) -> [UInt8] {
        guard wantsResultType, result.kind == .object, result["resultType"] == nil else {
            return Self.answer(id, "result", result)
        }
        let typed = RawJSON.build(capacity: result.bytes.count + 32) { writer in
            writer.beginObject()
            writer.member("resultType", "complete")
            for member in result.members { writer.member(member.key, member.value) }
            writer.endObject()
        }
        return Self.answer(id, "result", typed)
    }

    /// The line that answers it with a result which says that the tool had no success: the model reads the text.
    public func answer(failure text: String) -> [UInt8] {
        answer(
            RawJSON.build { writer in
                writer.beginObject()
                writer.array("content") { content in
                    content.beginObject()
                    content.member("type", "text")
                    content.member("text", text)
                    content.endObject()
                }
                writer.member("isError", true)
                writer.endObject()
            })
    }

    /// The line that answers a request with an error of the protocol.
    public static func refusal(of id: RawJSON, code: Int = -32000, _ text: String) -> [UInt8] {
        answer(id, "error", error(code, text) { _ in })
    }

    /// The line that says that nobody knows what became of a request.
    public static func loss(of id: RawJSON, _ text: String) -> [UInt8] {
        answer(id, "error", error(-32000, text) { $0.object("data") { $0.member("sidestep", unknown) } })
    }

    private static func error(
        _ code: Int, _ text: String, _ more: (inout JSONWriter) -> Void
    ) -> RawJSON {
        RawJSON.build { writer in
            writer.beginObject()
            writer.member("code", code)
            writer.member("message", text)
            more(&writer)
            writer.endObject()
        }
    }

    private static func answer(_ id: RawJSON, _ name: String, _ value: RawJSON) -> [UInt8] {
        let line = RawJSON.build(capacity: value.bytes.count + 64) { writer in
            writer.beginObject()
            writer.member("jsonrpc", "2.0")
            writer.member("id", id)
            writer.member(name, value)
            writer.endObject()
        }
        return line.bytes + [0x0A]
    }
}
