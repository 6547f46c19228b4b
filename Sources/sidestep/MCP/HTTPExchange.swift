import SidestepProtocol
import SidestepRecording

/// One request to a server over streamable HTTP, and the messages of its answer.
final class HTTPExchange {
    /// What was sent.
    let head: ToolRequestHead
    /// Whether it is the stream for what the server says unasked, which has no end of its own.
    let isStream: Bool
    private(set) var status = 0
    /// What both sides agreed on, in the answer to `initialize`.
    private(set) var agreedVersion: String?
    private var headers: [(name: String, value: String)] = []
    private var events = EventParser()
    private var isEvents = false
    private var body: [UInt8] = []
    private var isAnswered = false

    /// Bytes of an answer that is no stream of events.
    private static let limit = 64 << 20

    /// - Parameter line: what is sent; nil for the server's own stream.
    init(_ line: [UInt8]?) {
        head = ToolRequestHead(line ?? [])
        isStream = line == nil
    }

    /// The value of a header by its name in lower case.
    func header(_ name: String) -> String? { headers.first { $0.name.lowercased() == name }?.value }

    func note(_ status: Int, _ headers: [(name: String, value: String)]) {
        (self.status, self.headers) = (status, headers)
        isEvents = status == 200 && (header("content-type") ?? "").lowercased().hasPrefix("text/event-stream")
    }

    /// Takes the next bytes; answers the lines that they complete.
    func take(_ bytes: [UInt8]) -> [[UInt8]] {
        guard isEvents else {
            if body.count + bytes.count <= Self.limit { body += bytes }
            return []
        }
        var lines: [[UInt8]] = []
        events.feed(bytes[...]) { event in lines += line(event.data) }
        return lines
    }

    /// It has ended; answers the lines that are left.
    ///
    /// - Parameter problem: why there is no answer, or no more of it.
    func finish(_ problem: String?) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        if !body.isEmpty, !isStream, problem == nil, status == 200 || isRefusal { lines = line(body) }
        guard let id = head.id, !isAnswered else { return lines }
        return lines + [answer(id, problem)]
    }

    /// Whether the server has looked at the request and refused it: nothing has happened.
    private var isRefusal: Bool { (400..<500).contains(status) }

    private func answer(_ id: RawJSON, _ problem: String?) -> [UInt8] {
        if isRefusal { return ToolCall.refusal(of: id, "the server answered with status \(status)") }
        let text =
            problem ?? (status == 200 ? "the answer broke off" : "the server answered with status \(status)")
        return ToolCall.loss(of: id, text)
    }

    /// A message as one line; none for what is no message.
    private func line(_ text: [UInt8]) -> [[UInt8]] {
        guard let value = try? RawJSON(parsing: text, depth: 20_000) else { return [] }
        // Data over several lines has newlines between its tokens.
        let line = Array(text.contains(0x0A) ? value.compact.bytes : value.bytes) + [0x0A]
        if let id = head.id, let theirs = value["id"], value["method"] == nil,
            RequestName(id) == RequestName(theirs)
        {
            isAnswered = true
            if head.method == "initialize" { agreedVersion = value["result"]?["protocolVersion"]?.string }
        }
        return [line]
    }
}
