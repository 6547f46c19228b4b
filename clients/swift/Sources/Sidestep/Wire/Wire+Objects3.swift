// swift-format-ignore-file
// Generated from the method table by `make generate`; do not edit.
import FoundationEssentials
import SidestepProtocol

extension Wire {
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

    /// The protocol's `step_in_flight`.
    public struct StepInFlightObject: WireReadable {
        /// The run.
        public var run: String
        /// The code that executes the run.
        public var workflow: String?
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
            run = try reader.must("run")
            workflow = try reader.may("workflow")
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
            try self.init(WireReader("StepInFlightObject", wire))
        }
    }

    /// The protocol's `messages`.
    public struct MessagesObject: WireReadable, WireWritable {
        /// How many messages of the current history stay; goes with `append`.
        public var keep: Int?
        /// The messages that follow them.
        public var append: [RawJSON]?
        /// The whole history; the common beginning is found by the daemon.
        public var all: [RawJSON]?

        init(_ reader: WireReader) throws {
            keep = try reader.may("keep")
            append = try reader.may("append")
            all = try reader.may("all")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("MessagesObject", wire))
        }

        /// What is left out is not said.
        public init(
            keep: Int? = nil,
            append: [RawJSON]? = nil,
            all: [RawJSON]? = nil
        ) {
            self.keep = keep
            self.append = append
            self.all = all
        }

        var wire: RawJSON {
            .object { writer in
                writer.wire("keep", keep)
                writer.wire("append", append)
                writer.wire("all", all)
            }
        }
    }

    /// The protocol's `signal`.
    public struct SignalObject: WireReadable {
        /// The name of the signal.
        public var signal: String
        /// What it says.
        public var value: RawJSON?
        /// The id of the message.
        public var messageId: String
        /// When it was sent.
        public var sentAt: Date
        /// The user who sent it.
        public var uid: Int
        /// The step whose wait it ended.
        public var consumedBy: String?
        /// When.
        public var consumedAt: Date?

        init(_ reader: WireReader) throws {
            signal = try reader.must("signal")
            value = try reader.may("value")
            messageId = try reader.must("message_id")
            sentAt = try reader.must("sent_at")
            uid = try reader.must("uid")
            consumedBy = try reader.may("consumed_by")
            consumedAt = try reader.may("consumed_at")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("SignalObject", wire))
        }
    }
}
