/// What the agent finds in its environment, so that its calls come here.
struct ChildEnvironment {
    let options: RecorderOptions
    let port: Int
    let token: EpochToken
    /// Of the run: what is derived from it is the same at every start.
    let run: String

    func add(to variables: inout [String: String]) {
        for variable in BaseVariable.usual + options.variables {
            guard let upstream = options.upstreams[variable.upstream] else { continue }
            variables[variable.name] = base + upstream.name + (variable.path ?? upstream.suffix)
        }
        if let credentials = options.credentials {
            for name in credentials.names {
                for variable in Self.keys[name] ?? [] { variables[variable] = Self.placeholder }
            }
        }
        variables["SIDESTEP_HTTP_SOCKET"] = options.socket?.path
        for (name, value) in options.settings where variables[name] == nil { variables[name] = value }
        if options.token == .header { addHeaders(to: &variables) }
        // With a proxy in the environment, clients send to it what is meant for loopback, too.
        for name in ["NO_PROXY", "no_proxy"] {
            let former = variables[name].flatMap { $0.isEmpty ? nil : $0 + "," } ?? ""
            variables[name] = former + "127.0.0.1,localhost"
        }
        // A prompt that is built from a set has another order at every start without it.
        if variables["PYTHONHASHSEED"] == nil { variables["PYTHONHASHSEED"] = "\(Self.seed(of: run))" }
    }

    /// Where clients look for keys. What they find there is of use to nobody.
    private static let keys = [
        "openai": ["OPENAI_API_KEY"], "anthropic": ["ANTHROPIC_API_KEY"],
        "gemini": ["GEMINI_API_KEY", "GOOGLE_API_KEY"], "xai": ["XAI_API_KEY"],
    ]
    private static let placeholder = "held-by-sidestep"

    private var base: String {
        let place = "http://127.0.0.1:\(port)/"
        return options.token == .path ? place + "r/\(token.text)/" : place
    }

    private func addHeaders(to variables: inout [String: String]) {
        for name in ["OPENAI_CUSTOM_HEADERS", "ANTHROPIC_CUSTOM_HEADERS"] {
            let former = variables[name].flatMap { $0.isEmpty ? nil : $0 + "\n" } ?? ""
            variables[name] = former + "\(Door.tokenHeader): \(token.text)"
        }
    }

    /// Of Python, 1 to 4294967295: FNV-1a.
    static func seed(of run: String) -> UInt32 {
        max(1, run.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 })
    }
}
