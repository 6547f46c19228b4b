// swift-format-ignore-file
// Generated from the method table by `make generate`; do not edit.
import FoundationEssentials
import SidestepProtocol

extension Wire {
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

    /// The protocol's `retention_rule`.
    public struct RetentionRuleObject: WireReadable {
        /// The workflow it is for; absent: all.
        public var workflow: String?
        /// The way to end it is for; absent: all.
        public var status: String?
        /// How long runs are kept; absent: for ever.
        public var keep: Duration?

        init(_ reader: WireReader) throws {
            workflow = try reader.may("workflow")
            status = try reader.may("status")
            keep = try reader.may("keep_ms")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("RetentionRuleObject", wire))
        }
    }

    /// The protocol's `space_line`.
    public struct SpaceLineObject: WireReadable {
        /// Whose it is.
        public var user: Int?
        /// The workflow; absent for what stands beside runs, and for workflows of a user past a thousand.
        public var workflow: String?
        /// Runs that are not closed.
        public var openRuns: Int
        /// Runs that are.
        public var closedRuns: Int
        /// Their steps.
        public var steps: Int
        /// What payloads take, without names, indexes and free space.
        public var bytes: Int

        init(_ reader: WireReader) throws {
            user = try reader.may("user")
            workflow = try reader.may("workflow")
            openRuns = try reader.must("open_runs")
            closedRuns = try reader.must("closed_runs")
            steps = try reader.must("steps")
            bytes = try reader.must("bytes")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("SpaceLineObject", wire))
        }
    }

    /// The protocol's `conversation`.
    public struct ConversationObject: WireReadable {
        /// Its name.
        public var conversation: String
        /// Grows with every change.
        public var revision: Int
        /// How many entries it has.
        public var length: Int
        /// What is kept beside the entries.
        public var metadata: RawJSON?
        /// When it was begun.
        public var createdAt: Date
        /// When it was changed last.
        public var updatedAt: Date

        init(_ reader: WireReader) throws {
            conversation = try reader.must("conversation")
            revision = try reader.must("revision")
            length = try reader.must("length")
            metadata = try reader.may("metadata")
            createdAt = try reader.must("created_at")
            updatedAt = try reader.must("updated_at")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("ConversationObject", wire))
        }
    }

    /// The protocol's `graph_value`.
    public struct GraphValueObject: WireReadable, WireWritable {
        /// The channel.
        public var channel: String
        /// The serializer.
        public var type: String
        /// The value in base64.
        public var data: String

        init(_ reader: WireReader) throws {
            channel = try reader.must("channel")
            type = try reader.must("type")
            data = try reader.must("data")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("GraphValueObject", wire))
        }

        /// What is left out is not said.
        public init(
            channel: String,
            type: String,
            data: String
        ) {
            self.channel = channel
            self.type = type
            self.data = data
        }

        var wire: RawJSON {
            .object { writer in
                writer.wire("channel", channel)
                writer.wire("type", type)
                writer.wire("data", data)
            }
        }
    }
}
