// swift-format-ignore-file
// Generated from the method table by `make generate`; do not edit.
import FoundationEssentials
import SidestepProtocol

extension Wire {
    /// The protocol's `reserve`.
    public struct ReserveObject: WireReadable, WireWritable {
        /// Tokens sent and received.
        public var tokens: Int?
        /// Tokens sent.
        public var inputTokens: Int?
        /// Tokens received.
        public var outputTokens: Int?
        /// The price, in millionths of the currency.
        public var costMicros: Int?
        /// Calls that are paid for.
        public var calls: Int?

        init(_ reader: WireReader) throws {
            tokens = try reader.may("tokens")
            inputTokens = try reader.may("input_tokens")
            outputTokens = try reader.may("output_tokens")
            costMicros = try reader.may("cost_micros")
            calls = try reader.may("calls")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("ReserveObject", wire))
        }

        /// What is left out is not said.
        public init(
            tokens: Int? = nil,
            inputTokens: Int? = nil,
            outputTokens: Int? = nil,
            costMicros: Int? = nil,
            calls: Int? = nil
        ) {
            self.tokens = tokens
            self.inputTokens = inputTokens
            self.outputTokens = outputTokens
            self.costMicros = costMicros
            self.calls = calls
        }

        var wire: RawJSON {
            .object { writer in
                writer.wire("tokens", tokens)
                writer.wire("input_tokens", inputTokens)
                writer.wire("output_tokens", outputTokens)
                writer.wire("cost_micros", costMicros)
                writer.wire("calls", calls)
            }
        }
    }

    /// The protocol's `exec`.
    public struct ExecObject: WireReadable, WireWritable {
        /// The program and its arguments; no shell reads them.
        public var argv: [String]
        /// Variables beside those of the daemon; {credential:NAME} stands for a secret of the daemon.
        public var env: RawJSON?
        /// The directory it runs in.
        public var cwd: String?
        /// What it reads.
        public var stdin: String?
        /// How long it may run.
        public var timeout: Duration?
        /// How much of each output is kept; of more, the end.
        public var maxOutputBytes: Int?
        /// The time between SIGTERM and SIGKILL.
        public var killGrace: Duration?

        init(_ reader: WireReader) throws {
            argv = try reader.must("argv")
            env = try reader.may("env")
            cwd = try reader.may("cwd")
            stdin = try reader.may("stdin")
            timeout = try reader.may("timeout_ms")
            maxOutputBytes = try reader.may("max_output_bytes")
            killGrace = try reader.may("kill_grace_ms")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("ExecObject", wire))
        }

        /// What is left out is not said.
        public init(
            argv: [String],
            env: RawJSON? = nil,
            cwd: String? = nil,
            stdin: String? = nil,
            timeout: Duration? = nil,
            maxOutputBytes: Int? = nil,
            killGrace: Duration? = nil
        ) {
            self.argv = argv
            self.env = env
            self.cwd = cwd
            self.stdin = stdin
            self.timeout = timeout
            self.maxOutputBytes = maxOutputBytes
            self.killGrace = killGrace
        }

        var wire: RawJSON {
            .object { writer in
                writer.wire("argv", argv)
                writer.wire("env", env)
                writer.wire("cwd", cwd)
                writer.wire("stdin", stdin)
                writer.wire("timeout_ms", timeout)
                writer.wire("max_output_bytes", maxOutputBytes)
                writer.wire("kill_grace_ms", killGrace)
            }
        }
    }

    /// The protocol's `http`.
    public struct HttpObject: WireReadable, WireWritable {
        /// The method.
        public var method: String?
        /// Http:// or https://.
        public var url: String
        /// Headers; {credential:NAME} stands for a secret of the daemon.
        public var headers: RawJSON?
        /// The body, as JSON.
        public var body: RawJSON?
        /// The body, as text.
        public var bodyText: String?
        /// The body, as a file that the daemon can read.
        public var bodyFile: String?
        /// How long one attempt may take, an hour at most.
        public var timeout: Duration?
        /// The longest body that is taken.
        public var maxResponseBytes: Int?
        /// The headers that are recorded.
        public var responseHeaders: [String]?
        /// How many redirects are followed at most.
        public var redirects: Int?
        /// Statuses besides 200 to 299 that are no failure.
        public var accept: [Int]?
        /// Whether the step's key is sent as Idempotency-Key.
        public var idempotencyKey: Bool?

        init(_ reader: WireReader) throws {
            method = try reader.may("method")
            url = try reader.must("url")
            headers = try reader.may("headers")
            body = try reader.may("body")
            bodyText = try reader.may("body_text")
            bodyFile = try reader.may("body_file")
            timeout = try reader.may("timeout_ms")
            maxResponseBytes = try reader.may("max_response_bytes")
            responseHeaders = try reader.may("response_headers")
            redirects = try reader.may("redirects")
            accept = try reader.may("accept")
            idempotencyKey = try reader.may("idempotency_key")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("HttpObject", wire))
        }

        /// What is left out is not said.
        public init(
            url: String,
            method: String? = nil,
            headers: RawJSON? = nil,
            body: RawJSON? = nil,
            bodyText: String? = nil,
            bodyFile: String? = nil,
            timeout: Duration? = nil,
            maxResponseBytes: Int? = nil,
            responseHeaders: [String]? = nil,
            redirects: Int? = nil,
            accept: [Int]? = nil,
            idempotencyKey: Bool? = nil
        ) {
            self.method = method
            self.url = url
            self.headers = headers
            self.body = body
            self.bodyText = bodyText
            self.bodyFile = bodyFile
            self.timeout = timeout
            self.maxResponseBytes = maxResponseBytes
            self.responseHeaders = responseHeaders
            self.redirects = redirects
            self.accept = accept
            self.idempotencyKey = idempotencyKey
        }

        var wire: RawJSON {
            .object { writer in
                writer.wire("method", method)
                writer.wire("url", url)
                writer.wire("headers", headers)
                writer.wire("body", body)
                writer.wire("body_text", bodyText)
                writer.wire("body_file", bodyFile)
                writer.wire("timeout_ms", timeout)
                writer.wire("max_response_bytes", maxResponseBytes)
                writer.wire("response_headers", responseHeaders)
                writer.wire("redirects", redirects)
                writer.wire("accept", accept)
                writer.wire("idempotency_key", idempotencyKey)
            }
        }
    }

    /// The protocol's `step`.
    public struct StepObject: WireReadable {
        /// The name of the step.
        public var step: String
        /// What became of it.
        public var status: String
        /// The last attempt.
        public var attempt: Int
        /// Attempts that failed.
        public var failures: Int?
        /// What it returned.
        public var output: RawJSON?
        /// How it failed.
        public var error: RawJSON?
        /// What its input looked like.
        public var fingerprint: String?
        /// Whether it is never repeated by itself.
        public var atMostOnce: Bool?
        /// Whether it undoes what other steps did.
        public var compensation: Bool?
        /// What it consumed.
        public var usage: RawJSON?
        /// What its author noted.
        public var metadata: RawJSON?
        /// When the last attempt began.
        public var startedAt: Date?
        /// When its result was recorded.
        public var finishedAt: Date?
        /// When the next attempt may begin.
        public var nextAttemptAt: Date?
        /// When this attempt times out.
        public var attemptDeadlineAt: Date?

        init(_ reader: WireReader) throws {
            step = try reader.must("step")
            status = try reader.must("status")
            attempt = try reader.must("attempt")
            failures = try reader.may("failures")
            output = try reader.may("output")
            error = try reader.may("error")
            fingerprint = try reader.may("fingerprint")
            atMostOnce = try reader.may("at_most_once")
            compensation = try reader.may("compensation")
            usage = try reader.may("usage")
            metadata = try reader.may("metadata")
            startedAt = try reader.may("started_at")
            finishedAt = try reader.may("finished_at")
            nextAttemptAt = try reader.may("next_attempt_at")
            attemptDeadlineAt = try reader.may("attempt_deadline_at")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("StepObject", wire))
        }
    }
}
