import Glibc
import SidestepEngine
import SidestepHTTPClient
import SidestepModel
import SidestepProtocol

/// Makes the request that a step asks for.
struct RequestMaker {
    let policy: RequestPolicy
    let version: String

    func request(
        _ spec: RawJSON, _ task: StepTask, _ secrets: inout SecretText
    ) throws(Refusal) -> OutgoingRequest {
        var request = try HTTPRequest(
            spec["method"]?.string ?? "GET", spec["url"]?.string ?? "", policy)
        request.timeoutMilliseconds =
            spec["timeout_ms"]?.integer ?? ExecutionLimits.defaultRequestMilliseconds
        request.maximumResponseBytes = Int(
            spec["max_response_bytes"]?.integer ?? Int64(ExecutionLimits.defaultResponseBytes))
        var made = OutgoingRequest(request: request)
        made.redirectsLeft = spec["redirects"]?.integer ?? 0
        do {
            try setHeaders(of: &made, spec, task, &secrets)
            try setBody(of: &made, spec, &secrets)
        } catch let problem as CredentialProblem {
            throw Refusal(type: "credential", message: problem.message)
        } catch {
            throw error as? Refusal ?? Refusal(type: "request", message: "\(error)")
        }
        return made
    }

    private func setHeaders(
        of made: inout OutgoingRequest, _ spec: RawJSON, _ task: StepTask, _ secrets: inout SecretText
    ) throws {
        for (name, value) in spec["headers"]?.members ?? [] {
            let text = (value.string ?? "").utf8
            try made.request.add(name, secrets.resolve(text))
            if SecretText.isNamed(in: text) { made.secretHeaders.insert(name.lowercased()) }
        }
        let named = Set(made.request.headers.map { $0.name.lowercased() })
        for (name, value) in usual(spec, task) where !named.contains(name.lowercased()) {
            try made.request.add(name, SecretBytes(value.utf8))
        }
    }

    private func usual(_ spec: RawJSON, _ task: StepTask) -> [(name: String, value: String)] {
        var usual = [("User-Agent", "sidestepd/\(version)")]
        if spec["body"] != nil { usual.append(("Content-Type", "application/json")) }
        if spec["body_text"] != nil { usual.append(("Content-Type", "text/plain; charset=utf-8")) }
        if spec["body_file"] != nil { usual.append(("Content-Type", "application/octet-stream")) }
        if spec["idempotency_key"]?.bool != false {
            usual.append(("Idempotency-Key", Self.headerText(task.idempotencyKey)))
        }
        if let traceparent = task.traceparent { usual.append(("traceparent", traceparent)) }
        return usual
    }

    /// A header is ASCII without control characters; a step's name may be anything.
    static func headerText(_ text: String) -> String {
        let isPlain: (UInt8) -> Bool = { $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "%") }
        if text.utf8.allSatisfy(isPlain) { return text }
        return text.utf8.map { isPlain($0) ? String(UnicodeScalar($0)) : "%" + Identifiers.hex([$0]) }
            .joined()
    }

    private func setBody(
        of made: inout OutgoingRequest, _ spec: RawJSON, _ secrets: inout SecretText
    ) throws {
        if let body = spec["body"] {
            made.request.body = try secrets.resolve(body.bytes, isJSON: true)
            made.hasSecretBody = SecretText.isNamed(in: body.bytes)
        } else if let text = spec["body_text"]?.string {
            made.request.body = try secrets.resolve(text.utf8)
            made.hasSecretBody = SecretText.isNamed(in: text.utf8)
        } else if let path = spec["body_file"]?.string {
            made.request.body = try Self.read(path)
        }
    }

    private static func read(_ path: String) throws(Refusal) -> SecretBytes {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        var status = stat()
        guard file >= 0, fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            if file >= 0 { close(file) }
            throw Refusal(type: "body_file", message: "\(path) cannot be read as a file")
        }
        defer { close(file) }
        guard status.st_size <= ExecutionLimits.bodyBytes else {
            throw Refusal(
                type: "body_file", message: "\(path) is longer than \(ExecutionLimits.bodyBytes) bytes")
        }
        let bytes = SecretBytes(capacity: Int(status.st_size))
        while bytes.count < Int(status.st_size), bytes.fill(from: file) {}
        return bytes
    }
}
