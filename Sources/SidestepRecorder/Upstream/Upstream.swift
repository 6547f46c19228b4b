import SidestepHTTPClient

/// A provider that requests are sent on to: named by us or by the user, never by the agent.
package struct Upstream: Sendable, Equatable {
    package let name: String
    /// Scheme, host and port; the path is the agent's.
    package let origin: String
    /// What a base URL for it ends with.
    package let suffix: String
    /// All of it, as a user writes it.
    package var url: String { origin + suffix }
    /// Whether the user named it: then it may be on this host or a private one, and speak plain HTTP.
    package let isNamed: Bool
    /// Whether it is on this host itself, where no proxy leads.
    package let isLoopback: Bool

    /// - Throws: when it is no URL of a host with a path.
    package init(_ name: String, _ url: String, isNamed: Bool) throws(UpstreamProblem) {
        let isPlain = name.utf8.allSatisfy {
            (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2d || $0 == 0x5f
        }
        guard isPlain, !name.isEmpty, name != "r" else {
            throw UpstreamProblem(name, "is no name: a-z, 0-9, - and _ are")
        }
        guard let parsed = RequestURL(url), ["http", "https"].contains(parsed.scheme),
            !url.contains(where: { "@?#".contains($0) })
        else { throw UpstreamProblem(name, "is no http or https URL of a host and a path") }
        guard isNamed || parsed.scheme == "https" else {
            throw UpstreamProblem(name, "is not reached by https")
        }
        self.name = name
        self.isNamed = isNamed
        let end = parsed.path.lastIndex { $0 != "/" }.map { parsed.path.index(after: $0) }
        let path = String(end.map { parsed.path[..<$0] } ?? "")
        suffix = path.isEmpty ? Self.usual[name].map(Self.path) ?? "" : path
        origin = "\(parsed.scheme)://\(parsed.host):\(parsed.port)"
        isLoopback = ["127.0.0.1", "localhost", "[::1]"].contains(parsed.host)
    }

    /// Those that have a name without the user's doing.
    static let usual: [String: String] = [
        "openai": "https://api.openai.com/v1", "anthropic": "https://api.anthropic.com",
        "gemini": "https://generativelanguage.googleapis.com", "xai": "https://api.x.ai/v1",
        "openrouter": "https://openrouter.ai/api/v1", "groq": "https://api.groq.com/openai/v1",
        "mistral": "https://api.mistral.ai/v1", "deepseek": "https://api.deepseek.com/v1",
        "cohere": "https://api.cohere.com/v2",
    ]

    private static func path(of url: String) -> String {
        let rest = url.dropFirst("https://".count)
        return String(rest.drop { $0 != "/" })
    }
}

/// Why an upstream cannot be used.
package struct UpstreamProblem: Error {
    package let message: String
    init(_ name: String, _ problem: String) { message = "the upstream '\(name)' \(problem)" }
}

/// All upstreams of a run by their names.
package struct Upstreams: Sendable {
    private var table: [String: Upstream] = [:]

    package init() {
        for (name, url) in Upstream.usual { table[name] = try? Upstream(name, url, isNamed: false) }
    }

    package subscript(name: String) -> Upstream? { table[name] }

    /// Those that the user named.
    package var named: [Upstream] { table.values.filter(\.isNamed).sorted { $0.name < $1.name } }

    package var names: [String] { table.keys.sorted() }

    package mutating func add(_ upstream: Upstream) { table[upstream.name] = upstream }
}
