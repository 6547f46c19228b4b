import SidestepEngine
import SidestepModel
import SidestepProtocol

/// Steps that the daemon executes: what `run-step` is told of them.
enum ExecutionHandlers {
    /// What the daemon is to do for the step; nil when the client or time does it.
    static func work(_ request: Request) throws -> StepWork? {
        let named = ["client", "exec", "http", "sleep_ms", "until_at"].filter { name in
            name == "client" ? request.params.boolean(name) == true : request.params.has(name)
        }
        let isWork = request.params.has("exec") || request.params.has("http")
        guard named.count < 2 || !isWork else {
            throw wrong("`\(named[0])` and `\(named[1])` both say what the step does", "Send one of them.")
        }
        if let exec = request.params.object("exec") { return try program(exec, request) }
        if let http = request.params.object("http") { return try exchange(http, request) }
        return nil
    }

    /// What an attempt needs besides its payloads, bytes.
    private static let overhead: Int64 = 64 << 10

    private static func program(_ exec: Params, _ request: Request) throws -> StepWork {
        guard let command = exec.strings("argv")?.first, !command.isEmpty else {
            throw wrong("`exec.argv` names no program", #"Send ["program", "argument", …]."#)
        }
        for name in names(exec, "env") where name.isEmpty || name.contains("=") || name.contains("\0") {
            throw wrong(
                "`exec.env` has the name '\(name.prefix(100))', which no variable can have", "Leave it out.")
        }
        let kept = exec.count("max_output_bytes")
        let spec = request.payload("exec") ?? []
        var work = StepWork(
            executor: .exec, spec: spec, weight: overhead + Int64(spec.count) + 2 * kept)
        work.needs = [.actsAsDaemon]
        if namesCredential(exec.raw("env")) { work.needs.insert(.credentials) }
        return work
    }

    private static func exchange(_ http: Params, _ request: Request) throws -> StepWork {
        let url = http.string("url") ?? ""
        guard url.hasPrefix("http://") || url.hasPrefix("https://"),
            url.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f })
        else {
            throw wrong("`http.url` begins with http:// or https:// and has no spaces", "Send the whole URL.")
        }
        guard http.text("method").utf8.allSatisfy({ $0 >= 0x41 && $0 <= 0x5a }) else {
            throw wrong("`http.method` is a word in capital letters", "Send GET, POST, PUT, PATCH, DELETE …")
        }
        try checkHeaders(http)
        let bodies = ["body", "body_text", "body_file"].filter(http.has)
        guard bodies.count < 2 else {
            throw wrong("`\(bodies[0])` and `\(bodies[1])` are both the body", "Send one of them.")
        }
        if let body = http.raw("body"), body.bytes.count > ExecutionLimits.bodyBytes {
            throw wrong(
                "`http.body` is longer than \(ExecutionLimits.bodyBytes) bytes",
                "Send it as `body_file`, or in parts.")
        }
        let kept = http.count("max_response_bytes")
        let spec = request.payload("http") ?? []
        let file = http.has("body_file") ? Int64(ExecutionLimits.bodyBytes) : 0
        var work = StepWork(
            executor: .http, spec: spec, weight: overhead + Int64(spec.count) + 2 * kept + file)
        if http.has("body_file") { work.needs.insert(.actsAsDaemon) }
        if usesCredential(http) { work.needs.insert(.credentials) }
        return work
    }

    private static func checkHeaders(_ http: Params) throws {
        for (name, value) in http.raw("headers")?.members ?? [] {
            guard let problem = RequestHeader.problem(name, (value.string ?? "").utf8) else { continue }
            throw wrong(
                "`http.headers` has the name or value '\(name.prefix(100))', \(problem)", "Leave it out.")
        }
    }

    private static let credentialMark = "{credential:"

    private static func usesCredential(_ http: Params) -> Bool {
        http.raw("body")?.text.contains(credentialMark) == true
            || http.string("body_text")?.contains(credentialMark) == true
            || namesCredential(http.raw("headers"))
    }

    /// Whether a value of an object of texts names a credential.
    private static func namesCredential(_ texts: RawJSON?) -> Bool {
        texts?.members.contains { $0.value.string?.contains(credentialMark) == true } ?? false
    }

    private static func names(_ object: Params, _ name: String) -> [String] {
        object.raw(name)?.members.map(\.key) ?? []
    }

    private static func wrong(_ message: String, _ hint: String) -> Failure {
        Failure(.invalidArgument, message, hint: hint)
    }
}
