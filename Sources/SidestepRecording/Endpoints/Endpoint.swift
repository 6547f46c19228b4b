/// What a request is and what is done with it.
public struct Endpoint: Sendable, Equatable {
    /// What is done with a request.
    public enum Treatment: Sendable, Equatable {
        /// It is a call: recorded, and answered from a recording when there is one.
        case record
        /// Handed on, and recorded where what it reads is final.
        case read(FinalRead)
        /// Handed on and forgotten.
        case pass
        /// Not handed on.
        case refuse
    }

    /// What happens to requests with a path that is in no table.
    public enum Unknown: String, Sendable, CaseIterable {
        case record, pass, refuse
    }

    /// What it asks for.
    public let api: API
    /// What is done with it.
    public let treatment: Treatment

    /// Says what a request is.
    ///
    /// - Parameters:
    ///   - path: with or without a query, without the upstream's prefix.
    ///   - isUpgrade: whether it asks for a WebSocket: only Responses are spoken there.
    public static func classify(
        method: String, path: String, isUpgrade: Bool = false, unknown: Unknown = .record
    ) -> Endpoint {
        let segments = segments(of: path)
        let rule = rules.first { $0.matches(segments) }
        let api = rule?.api ?? .opaque
        if isUpgrade { return Endpoint(api: api, treatment: api == .responses ? .record : .refuse) }
        if method == "GET", let (rule, read) = reads.first(where: { $0.0.matches(segments) }) {
            return Endpoint(api: rule.api, treatment: .read(read))
        }
        guard ["POST", "PUT", "PATCH", "DELETE"].contains(method) else {
            // Polling is safe to repeat and would fill the journal.
            return Endpoint(api: api, treatment: .pass)
        }
        if let rule { return Endpoint(api: api, treatment: rule.treatment) }
        return Endpoint(api: api, treatment: treatment(unknown))
    }

    private static func treatment(_ unknown: Unknown) -> Treatment {
        switch unknown {
        case .record: .record
        case .pass: .pass
        case .refuse: .refuse
        }
    }

    /// Whether a path is of a session that runs at the provider: its agent's loop and tools are there, and what it does
    /// is not seen here.
    public static func isHostedSession(_ path: String) -> Bool {
        segments(of: path).contains { ["sessions", "threads", "realtime"].contains($0) }
    }

    /// The parts of a path; what stands after a colon in the last, Gemini's verb, is a part of its own.
    private static func segments(of path: String) -> [Substring] {
        let plain = path.prefix { $0 != "?" && $0 != "#" }
        var parts = plain.split(separator: "/")
        if let last = parts.last, let colon = last.lastIndex(of: ":") {
            parts[parts.count - 1] = last[..<colon]
            parts.append(last[colon...])
        }
        return parts
    }
}

extension Endpoint {
    /// A path's last parts, `*` for one of any name, and what such requests are.
    struct Rule: Sendable {
        let end: [Substring]
        let api: API
        let treatment: Treatment
        /// Whether what lies below it is the same.
        let isFolder: Bool

        init(_ end: String, _ api: API, _ treatment: Treatment = .record, isFolder: Bool = false) {
            self.end = end.split(separator: "/")
            self.api = api
            self.treatment = treatment
            self.isFolder = isFolder
        }

        func matches(_ segments: [Substring]) -> Bool {
            guard segments.count >= end.count else { return false }
            if !isFolder { return Self.equal(segments.suffix(end.count), end) }
            return (0...(segments.count - end.count)).contains {
                Self.equal(segments[$0..<($0 + end.count)], end)
            }
        }

        private static func equal(_ segments: ArraySlice<Substring>, _ end: [Substring]) -> Bool {
            zip(segments, end).allSatisfy { $1 == "*" || $0 == $1 }
        }
    }

    /// Requests that read what becomes final.
    static let reads: [(Rule, FinalRead)] = [
        ("responses/*", FinalRead.response), ("interactions/*", .interaction), ("batches/*", .batch),
        ("batches/*/results", .content), ("files/*/content", .content), ("files/*/:download", .content),
    ].map { end, read in (Rule(end, read.api), read) }

    /// The first that matches counts.
    static let rules: [Rule] = [
        Rule("chat/completions", .chat),
        Rule("completions", .completions),
        Rule("responses/input_tokens", .countTokens),
        Rule("responses/compact", .responses),
        Rule("responses/*/cancel", .opaque, .pass),
        Rule("responses", .responses),
        Rule("messages/count_tokens", .countTokens),
        Rule("messages/batches", .files, isFolder: true),
        Rule("messages", .messages),
        Rule(":generateContent", .gemini),
        Rule(":streamGenerateContent", .gemini),
        Rule(":countTokens", .countTokens),
        Rule(":embedContent", .embeddings),
        Rule(":batchEmbedContents", .embeddings),
        Rule("interactions", .interactions),
        Rule("embeddings", .embeddings),
        Rule("api/embed", .embeddings),
        Rule("images", .images, isFolder: true),
        Rule("audio", .audio, isFolder: true),
        Rule("moderations", .moderations),
        Rule("rerank", .rerank),
        Rule("files", .files, isFolder: true),
        Rule("uploads", .files, isFolder: true),
        Rule("batches", .files, isFolder: true),
        Rule("vector_stores", .files, isFolder: true),
        Rule("cachedContents", .files, isFolder: true),
        Rule("realtime", .opaque, .pass, isFolder: true),
    ]
}
