/// A variable that tells an agent where a provider is.
package struct BaseVariable: Sendable, Equatable {
    package let name: String
    package let upstream: String
    /// What the base URL ends with; nil for what is usual at the upstream.
    package let path: String?

    package init(_ name: String, _ upstream: String, path: String? = nil) {
        (self.name, self.upstream, self.path) = (name, upstream, path)
    }

    /// `VAR=upstream[/path]`; nil for anything else.
    package init?(argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { return nil }
        let slash = parts[1].firstIndex(of: "/")
        self.init(
            parts[0], String(parts[1][..<(slash ?? parts[1].endIndex)]),
            path: slash.map { String(parts[1][$0...]) })
    }

    /// Those that the clients of the providers read.
    static let usual = [
        BaseVariable("OPENAI_BASE_URL", "openai"), BaseVariable("OPENAI_API_BASE", "openai"),
        BaseVariable("ANTHROPIC_BASE_URL", "anthropic"), BaseVariable("ANTHROPIC_API_BASE", "anthropic"),
        BaseVariable("GOOGLE_GEMINI_BASE_URL", "gemini"),
    ]
}

/// What an agent needs whose variables are its own.
package struct AgentProfile: Sendable {
    package let variables: [BaseVariable]
    package let settings: [String: String]
    /// Upstreams that it brings along, by name.
    package let upstreams: [String: String]

    package static let all: [String: AgentProfile] = [
        // Its system prompt would begin with a header that changes with its version.
        "claude-code": AgentProfile([], ["CLAUDE_CODE_ATTRIBUTION_HEADER": "0"]),
        "goose": AgentProfile([
            BaseVariable("OPENAI_HOST", "openai", path: ""),
            BaseVariable("ANTHROPIC_HOST", "anthropic", path: ""),
        ]),
        "grok": AgentProfile([BaseVariable("GROK_BASE_URL", "xai")]),
        "ollama": AgentProfile(
            [BaseVariable("OLLAMA_HOST", "ollama", path: "")], upstreams: ["ollama": "http://127.0.0.1:11434"]
        ),
    ]

    private init(
        _ variables: [BaseVariable], _ settings: [String: String] = [:], upstreams: [String: String] = [:]
    ) { (self.variables, self.settings, self.upstreams) = (variables, settings, upstreams) }
}

extension RecorderOptions {
    /// Takes up an agent's profile; false when there is none of that name.
    package mutating func apply(profile name: String) throws(UpstreamProblem) -> Bool {
        guard let profile = AgentProfile.all[name] else { return false }
        variables += profile.variables
        settings.merge(profile.settings) { _, new in new }
        for (name, url) in profile.upstreams where upstreams[name] == nil {
            upstreams.add(try Upstream(name, url, isNamed: true))
        }
        return true
    }

    /// What the environment says of a provider becomes the run's upstream of that name: a server of the
    /// user's own, for example. What was named on the command line stays.
    ///
    /// - Parameter named: the names on the command line.
    package mutating func adopt(
        _ environment: [String: String], except named: Set<String>
    ) throws(UpstreamProblem) {
        var taken = named
        for variable in variables + BaseVariable.usual {
            guard let url = environment[variable.name], !url.isEmpty, taken.insert(variable.upstream).inserted
            else { continue }
            let whole = url.contains("://") ? url : "http://" + url
            upstreams.add(try Upstream(variable.upstream, whole, isNamed: true))
        }
    }
}
