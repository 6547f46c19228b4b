// swift-format-ignore-file
// Generated from the method table by `make generate`; do not edit.
import FoundationEssentials
import SidestepProtocol

extension Wire {
    /// The protocol's `recording`.
    public struct RecordingObject: WireReadable {
        /// Its number in the run.
        public var recording: Int
        /// The generation of the run.
        public var generation: Int
        /// The lease under which it began.
        public var epoch: Int
        /// What became of it.
        public var state: String
        /// The service that was called.
        public var upstream: String
        /// GET, POST and the like.
        public var httpMethod: String
        /// Its path.
        public var path: String
        /// By what it is known again.
        public var keys: [String]
        /// By what its bodies are encrypted, in its recorder's words.
        public var sealed: String?
        /// The model.
        public var model: String?
        /// Whether the answer came in parts.
        public var stream: Bool
        /// Ids of tool calls in the request.
        public var toolRefs: [String]?
        /// Ids of tool calls in the answer.
        public var toolIds: [String]?
        /// The status that HTTP has for it.
        public var status: Int?
        /// What kind of bytes came back.
        public var contentType: String?
        /// How many bytes came back.
        public var responseBytes: Int?
        /// How many were sent, if they were kept.
        public var requestBytes: Int?
        /// What it consumed.
        public var usage: RawJSON?
        /// Who says so.
        public var usageSource: String?
        /// Why the model stopped.
        public var finish: String?
        /// How often it was sent.
        public var tries: Int
        /// A sentence on what happened.
        public var message: String?
        /// The recording that took its place.
        public var supersededBy: Int?
        /// When it began.
        public var startedAt: Date
        /// From the request to the first byte.
        public var firstByte: Duration?
        /// From the request to the last byte.
        public var duration: Duration?
        /// When it ended.
        public var completedAt: Date?
        /// When its bodies were deleted, and the keys that it was known again by.
        public var forgottenAt: Date?

        init(_ reader: WireReader) throws {
            recording = try reader.must("recording")
            generation = try reader.must("generation")
            epoch = try reader.must("epoch")
            state = try reader.must("state")
            upstream = try reader.must("upstream")
            httpMethod = try reader.must("http_method")
            path = try reader.must("path")
            keys = try reader.must("keys")
            sealed = try reader.may("sealed")
            model = try reader.may("model")
            stream = try reader.must("stream")
            toolRefs = try reader.may("tool_refs")
            toolIds = try reader.may("tool_ids")
            status = try reader.may("status")
            contentType = try reader.may("content_type")
            responseBytes = try reader.may("response_bytes")
            requestBytes = try reader.may("request_bytes")
            usage = try reader.may("usage")
            usageSource = try reader.may("usage_source")
            finish = try reader.may("finish")
            tries = try reader.must("tries")
            message = try reader.may("message")
            supersededBy = try reader.may("superseded_by")
            startedAt = try reader.must("started_at")
            firstByte = try reader.may("first_byte_ms")
            duration = try reader.may("duration_ms")
            completedAt = try reader.may("completed_at")
            forgottenAt = try reader.may("forgotten_at")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("RecordingObject", wire))
        }
    }

    /// The protocol's `recorded_response`.
    public struct RecordedResponseObject: WireReadable {
        /// The status that HTTP has for it.
        public var status: Int
        /// Pairs of a name and a value.
        public var headers: [[String]]?
        /// What kind of bytes they are.
        public var contentType: String?
        /// The body, if it is UTF-8 without NUL.
        public var text: String?
        /// The body in base64, if it is not.
        public var base64: String?
        /// Where parts of it began, in bytes.
        public var splits: [Int]?
        /// Before each part, from the request on, where that is known.
        public var pauses: [Int]?

        init(_ reader: WireReader) throws {
            status = try reader.must("status")
            headers = try reader.may("headers")
            contentType = try reader.may("content_type")
            text = try reader.may("text")
            base64 = try reader.may("base64")
            splits = try reader.may("splits")
            pauses = try reader.may("pauses")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("RecordedResponseObject", wire))
        }
    }

    /// The protocol's `request_difference`.
    public struct RequestDifferenceObject: WireReadable {
        /// The place, as a JSON pointer; empty for the whole.
        public var pointer: String
        /// Where the text differs, in bytes from its beginning.
        public var offset: Int?
        /// What the other one has there, cut around the difference.
        public var before: String?
        /// What this one has there.
        public var after: String?

        init(_ reader: WireReader) throws {
            pointer = try reader.must("pointer")
            offset = try reader.may("offset")
            before = try reader.may("before")
            after = try reader.may("after")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("RequestDifferenceObject", wire))
        }
    }
}
