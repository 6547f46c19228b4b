/// What of a request's head belongs to a key.
///
/// Credentials, the client's version, traces, cookies and the ids of organisations do not: a new key or an
/// upgrade is the same call.
enum RequestText {
    static func append(_ request: RecordedRequest, to bytes: inout [UInt8]) {
        let parts = [
            request.transport == .http ? request.method : "FRAME", request.upstream,
            target(request.target), headers(of: request),
        ]
        for part in parts {
            bytes += part.utf8
            bytes.append(0)
        }
    }

    /// The path as it is; the query in order, without Gemini's credential.
    private static func target(_ target: String) -> String {
        let halves = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard halves.count == 2 else { return target }
        let query = halves[1].split(separator: "&").filter { !$0.hasPrefix("key=") }
        return query.isEmpty ? String(halves[0]) : halves[0] + "?" + query.sorted().joined(separator: "&")
    }

    private static func headers(of request: RecordedRequest) -> String {
        ["anthropic-version", "anthropic-beta", "openai-beta"].map { name in
            // Lists, whose order says nothing.
            Set(request.values(of: name).flatMap { $0.split(separator: ",").map(HeaderText.trimmed) })
                .sorted().joined(separator: ",")
        }.joined(separator: "\u{1}") + "\u{1}" + request.mediaType
    }
}
