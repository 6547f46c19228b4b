// swift-format-ignore-file
// Generated from the method table by `make generate`; do not edit.
import FoundationEssentials
import SidestepProtocol

extension Wire {
    /// The protocol's `stream`.
    public struct StreamObject: WireReadable {
        /// Its name.
        public var stream: String
        /// The number of items there were.
        public var next: Int
        /// Whether nothing follows.
        public var closed: Bool
        /// Whether its items were dropped.
        public var compacted: Bool
        /// When it was opened.
        public var openedAt: Date
        /// When it was closed.
        public var closedAt: Date?

        init(_ reader: WireReader) throws {
            stream = try reader.must("stream")
            next = try reader.must("next")
            closed = try reader.must("closed")
            compacted = try reader.must("compacted")
            openedAt = try reader.must("opened_at")
            closedAt = try reader.may("closed_at")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("StreamObject", wire))
        }
    }

    /// The protocol's `artifact`.
    public struct ArtifactObject: WireReadable {
        /// Its name.
        public var artifact: String
        /// The run it is attached to.
        public var run: String
        /// From 1, per run and name.
        public var version: Int
        /// What it is.
        public var type: String
        /// Its text or value.
        public var content: RawJSON?
        /// Where a file is on this host.
        public var path: String?
        /// What it is about.
        public var description: String?
        /// When it was attached.
        public var createdAt: Date

        init(_ reader: WireReader) throws {
            artifact = try reader.must("artifact")
            run = try reader.must("run")
            version = try reader.must("version")
            type = try reader.must("type")
            content = try reader.may("content")
            path = try reader.may("path")
            description = try reader.may("description")
            createdAt = try reader.must("created_at")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("ArtifactObject", wire))
        }
    }

    /// The protocol's `event`.
    public struct EventObject: WireReadable {
        /// Its place.
        public var sequence: Int
        /// Its name.
        public var event: String
        /// What there is to say.
        public var value: RawJSON?
        /// The run it belongs to.
        public var run: String?
        /// The sender's name of it.
        public var eventId: String?
        /// When it was announced.
        public var at: Int

        init(_ reader: WireReader) throws {
            sequence = try reader.must("sequence")
            event = try reader.must("event")
            value = try reader.may("value")
            run = try reader.may("run")
            eventId = try reader.may("event_id")
            at = try reader.must("at")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("EventObject", wire))
        }
    }

    /// The protocol's `webhook`.
    public struct WebhookObject: WireReadable {
        /// Its name.
        public var webhook: String
        /// Whose it is.
        public var user: Int?
        /// Where events are sent by POST: http or https.
        public var url: String
        /// Names of events; with a * at its end, all that begin so.
        public var events: [String]
        /// The name of the credential that signs.
        public var secret: String?
        /// Further headers; they are stored as they are.
        public var headers: [String: String]?
        /// Whether deliveries wait.
        public var paused: Bool?
        /// Attempts before a delivery is dead.
        public var maxAttempts: Int?
        /// When it was made.
        public var createdAt: Date
        /// When it was last changed.
        public var updatedAt: Date

        init(_ reader: WireReader) throws {
            webhook = try reader.must("webhook")
            user = try reader.may("user")
            url = try reader.must("url")
            events = try reader.must("events")
            secret = try reader.may("secret")
            headers = try reader.may("headers")
            paused = try reader.may("paused")
            maxAttempts = try reader.may("max_attempts")
            createdAt = try reader.must("created_at")
            updatedAt = try reader.must("updated_at")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("WebhookObject", wire))
        }
    }

    /// The protocol's `delivery`.
    public struct DeliveryObject: WireReadable {
        /// Its id, the same at every attempt.
        public var delivery: String
        /// The webhook.
        public var webhook: String
        /// The event.
        public var event: String
        /// The place of the event.
        public var sequence: Int
        /// What became of it.
        public var status: String
        /// Attempts so far.
        public var attempts: Int
        /// The receiver's last answer.
        public var httpStatus: Int?
        /// Why the last attempt failed.
        public var problem: String?
        /// When the next attempt is due.
        public var nextAttemptAt: Date?
        /// When it was made.
        public var createdAt: Date
        /// When it was delivered or given up.
        public var finishedAt: Date?

        init(_ reader: WireReader) throws {
            delivery = try reader.must("delivery")
            webhook = try reader.must("webhook")
            event = try reader.must("event")
            sequence = try reader.must("sequence")
            status = try reader.must("status")
            attempts = try reader.must("attempts")
            httpStatus = try reader.may("http_status")
            problem = try reader.may("problem")
            nextAttemptAt = try reader.may("next_attempt_at")
            createdAt = try reader.must("created_at")
            finishedAt = try reader.may("finished_at")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("DeliveryObject", wire))
        }
    }

    /// The protocol's `forked_response`.
    public struct ForkedResponseObject: WireReadable, WireWritable {
        /// The status that HTTP has for it.
        public var status: Int?
        /// Pairs of a name and a value.
        public var headers: [[String]]?
        /// What kind of bytes they are.
        public var contentType: String?
        /// The body, if it is UTF-8 without NUL.
        public var text: String?
        /// The body in base64, if it is not.
        public var base64: String?
        /// Where parts of it begin, in bytes.
        public var splits: [Int]?
        /// Ids of tool calls in it.
        public var toolIds: [String]?

        init(_ reader: WireReader) throws {
            status = try reader.may("status")
            headers = try reader.may("headers")
            contentType = try reader.may("content_type")
            text = try reader.may("text")
            base64 = try reader.may("base64")
            splits = try reader.may("splits")
            toolIds = try reader.may("tool_ids")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("ForkedResponseObject", wire))
        }

        /// What is left out is not said.
        public init(
            status: Int? = nil,
            headers: [[String]]? = nil,
            contentType: String? = nil,
            text: String? = nil,
            base64: String? = nil,
            splits: [Int]? = nil,
            toolIds: [String]? = nil
        ) {
            self.status = status
            self.headers = headers
            self.contentType = contentType
            self.text = text
            self.base64 = base64
            self.splits = splits
            self.toolIds = toolIds
        }

        var wire: RawJSON {
            .object { writer in
                writer.wire("status", status)
                writer.wire("headers", headers)
                writer.wire("content_type", contentType)
                writer.wire("text", text)
                writer.wire("base64", base64)
                writer.wire("splits", splits)
                writer.wire("tool_ids", toolIds)
            }
        }
    }

    /// The protocol's `step_difference`.
    public struct StepDifferenceObject: WireReadable {
        /// The name of the step.
        public var step: String
        /// What is different.
        public var change: String
        /// The step in the run.
        public var run: RawJSON?
        /// The step in the other run.
        public var other: RawJSON?

        init(_ reader: WireReader) throws {
            step = try reader.must("step")
            change = try reader.must("change")
            run = try reader.may("run")
            other = try reader.may("other")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("StepDifferenceObject", wire))
        }
    }
}
