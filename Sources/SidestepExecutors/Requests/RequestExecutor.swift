import Glibc
import SidestepEngine
import SidestepModel
import SidestepProtocol
import Synchronization

/// Sends requests for steps.
public final class RequestExecutor: Sendable {
    private let driver: HTTPDriver
    private let credentials: Credentials
    private let policy: RequestPolicy
    private let version: String
    /// The attempts under way, and whether they were stopped.
    private let underWay = Mutex<[String: Bool]>([:])

    public init(driver: HTTPDriver, credentials: Credentials, policy: RequestPolicy, version: String) {
        self.driver = driver
        self.credentials = credentials
        self.policy = policy
        self.version = version
    }

    func start(_ task: StepTask, done: @escaping @Sendable (TaskOutcome) -> Void) {
        let spec = RawJSON(validated: task.spec)
        var secrets = SecretText(credentials)
        do {
            let request = try request(spec, task, &secrets)
            let used = secrets
            underWay.withLock { $0[task.token] = false }
            driver.send(request) { result in
                let isStopped = self.underWay.withLock { $0.removeValue(forKey: task.token) } == true
                if isStopped || result.isClosed { return done(.stopped) }
                done(Exchange(spec: spec, secrets: used).outcome(result))
            }
        } catch {
            done(
                .failed(
                    Exchange.record(type: error.type, error.message),
                    AttemptError(types: [error.type], retryable: false)))
        }
    }

    /// A request that is under way cannot be called back: its answer is not looked at.
    func stop(_ token: String) {
        underWay.withLock { if $0[token] != nil { $0[token] = true } }
    }

    /// Why a request is not sent.
    struct Refusal: Error {
        let type: String
        let message: String
    }

    private func request(
        _ spec: RawJSON, _ task: StepTask, _ secrets: inout SecretText
    ) throws(Refusal) -> HTTPRequest {
        let url = spec["url"]?.string ?? ""
        if let refusal = policy.refusal(url) { throw Refusal(type: "host_not_allowed", message: refusal) }
        var request = HTTPRequest(spec["method"]?.string ?? "GET", url)
        request.timeoutMilliseconds =
            spec["timeout_ms"]?.integer ?? ExecutionLimits.defaultRequestMilliseconds
        request.maximumResponseBytes = Int(
            spec["max_response_bytes"]?.integer ?? Int64(ExecutionLimits.defaultResponseBytes))
        request.proxy = policy.proxy
        request.isGuarded = !policy.allowsPrivate && policy.proxy.isEmpty
        do {
            request.headers = try headers(spec, task, &secrets)
            request.body = try body(spec, &secrets)
        } catch let problem as CredentialProblem {
            throw Refusal(type: "credential", message: problem.message)
        } catch {
            throw error as? Refusal ?? Refusal(type: "request", message: "\(error)")
        }
        return request
    }

    private func headers(
        _ spec: RawJSON, _ task: StepTask, _ secrets: inout SecretText
    ) throws -> [(name: String, value: String)] {
        var headers: [(name: String, value: String)] = []
        for (name, value) in spec["headers"]?.members ?? [] {
            let bytes = try secrets.resolve((value.string ?? "").utf8)
            guard bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7f || $0 == 9 }) else {
                throw Refusal(
                    type: "credential", message: "a credential in the header \(name) has a line break")
            }
            headers.append((name, String(decoding: bytes, as: UTF8.self)))
        }
        let named = Set(headers.map { $0.name.lowercased() })
        var usual = [("User-Agent", "sidestepd/\(version)")]
        if spec["body"] != nil { usual.append(("Content-Type", "application/json")) }
        if spec["body_text"] != nil { usual.append(("Content-Type", "text/plain; charset=utf-8")) }
        if spec["body_file"] != nil { usual.append(("Content-Type", "application/octet-stream")) }
        if spec["idempotency_key"]?.bool != false {
            usual.append(("Idempotency-Key", Self.headerText(task.idempotencyKey)))
        }
        return headers + usual.filter { !named.contains($0.0.lowercased()) }
    }

    /// A header is ASCII without control characters; a step's name may be anything.
    private static func headerText(_ text: String) -> String {
        let plain = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "%") }
        if plain { return text }
        return text.utf8.map { byte in
            byte > 0x20 && byte < 0x7f && byte != UInt8(ascii: "%")
                ? String(UnicodeScalar(byte)) : "%" + Identifiers.hex([byte])
        }.joined()
    }

    private func body(_ spec: RawJSON, _ secrets: inout SecretText) throws -> [UInt8] {
        if let body = spec["body"] { return try secrets.resolve(body.bytes, isJSON: true) }
        if let text = spec["body_text"]?.string { return try secrets.resolve(text.utf8) }
        guard let path = spec["body_file"]?.string else { return [] }
        return try Self.read(path)
    }

    private static func read(_ path: String) throws(Refusal) -> [UInt8] {
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
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var filled = 0
        while filled < bytes.count {
            let count = bytes.withUnsafeMutableBytes {
                Glibc.read(file, $0.baseAddress! + filled, $0.count - filled)
            }
            guard count > 0 else { break }
            filled += count
        }
        return Array(bytes.prefix(filled))
    }
}

extension Result where Success == HTTPResponse, Failure == HTTPFailure {
    fileprivate var isClosed: Bool { if case .failure(.closed) = self { true } else { false } }
}
