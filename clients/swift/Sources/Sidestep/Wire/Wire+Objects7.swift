// swift-format-ignore-file
// Generated from the method table by `make generate`; do not edit.
import FoundationEssentials
import SidestepProtocol

extension Wire {
    /// The protocol's `graph_checkpoint`.
    public struct GraphCheckpointObject: WireReadable {
        /// Its thread.
        public var thread: String
        /// Its namespace.
        public var namespace: String
        /// Its id.
        public var checkpoint: String
        /// The checkpoint it follows.
        public var parent: String?
        /// The serializer.
        public var type: String
        /// The state in base64.
        public var data: String
        /// What was saved with it.
        public var metadata: RawJSON
        /// The channels that `data` has a value of.
        public var channels: [String]?
        /// The channels whose state is in the writes since their last snapshot.
        public var deltas: [String]?
        /// The channels kept apart.
        public var values: [Wire.GraphValueObject]
        /// In the order in which the graph applies them.
        public var writes: [Wire.GraphWriteObject]

        init(_ reader: WireReader) throws {
            thread = try reader.must("thread")
            namespace = try reader.must("namespace")
            checkpoint = try reader.must("checkpoint")
            parent = try reader.may("parent")
            type = try reader.must("type")
            data = try reader.must("data")
            metadata = try reader.must("metadata")
            channels = try reader.may("channels")
            deltas = try reader.may("deltas")
            values = try reader.must("values")
            writes = try reader.must("writes")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("GraphCheckpointObject", wire))
        }
    }

    /// The protocol's `graph_history`.
    public struct GraphHistoryObject: WireReadable {
        /// The channel.
        public var channel: String
        /// The oldest first.
        public var writes: [Wire.GraphWriteObject]
        /// The stored value before them, if there is one.
        public var seed: RawJSON?

        init(_ reader: WireReader) throws {
            channel = try reader.must("channel")
            writes = try reader.must("writes")
            seed = try reader.may("seed")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("GraphHistoryObject", wire))
        }
    }

    /// The protocol's `memory`.
    public struct MemoryObject: WireReadable {
        /// Where it is.
        public var namespace: [String]
        /// Its key.
        public var key: String
        /// As it was put.
        public var value: RawJSON
        /// When it was put first.
        public var createdAt: Date
        /// When it was put last.
        public var updatedAt: Date
        /// How long it is kept.
        public var ttl: Duration?
        /// Until when, unless it is refreshed.
        public var expiresAt: Date?

        init(_ reader: WireReader) throws {
            namespace = try reader.must("namespace")
            key = try reader.must("key")
            value = try reader.must("value")
            createdAt = try reader.must("created_at")
            updatedAt = try reader.must("updated_at")
            ttl = try reader.may("ttl_ms")
            expiresAt = try reader.may("expires_at")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("MemoryObject", wire))
        }
    }

    /// The protocol's `memory_operation`.
    public struct MemoryOperationObject: WireReadable, WireWritable {
        /// What is to be done.
        public var method: String
        /// The parameters of that method.
        public var params: RawJSON

        init(_ reader: WireReader) throws {
            method = try reader.must("method")
            params = try reader.must("params")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("MemoryOperationObject", wire))
        }

        /// What is left out is not said.
        public init(
            method: String,
            params: RawJSON
        ) {
            self.method = method
            self.params = params
        }

        var wire: RawJSON {
            .object { writer in
                writer.wire("method", method)
                writer.wire("params", params)
            }
        }
    }

    /// The protocol's `recorded_request`.
    public struct RecordedRequestObject: WireReadable, WireWritable {
        /// The body, if it is UTF-8 without NUL.
        public var text: String?
        /// The body in base64, if it is not.
        public var base64: String?
        /// Where its pieces begin, ascending: each is kept once.
        public var cuts: [Int]?
        /// The recording whose request begins with the same pieces.
        public var base: Int?

        init(_ reader: WireReader) throws {
            text = try reader.may("text")
            base64 = try reader.may("base64")
            cuts = try reader.may("cuts")
            base = try reader.may("base")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("RecordedRequestObject", wire))
        }

        /// What is left out is not said.
        public init(
            text: String? = nil,
            base64: String? = nil,
            cuts: [Int]? = nil,
            base: Int? = nil
        ) {
            self.text = text
            self.base64 = base64
            self.cuts = cuts
            self.base = base
        }

        var wire: RawJSON {
            .object { writer in
                writer.wire("text", text)
                writer.wire("base64", base64)
                writer.wire("cuts", cuts)
                writer.wire("base", base)
            }
        }
    }

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
}
