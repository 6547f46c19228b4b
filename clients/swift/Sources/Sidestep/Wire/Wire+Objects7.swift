// swift-format-ignore-file
// Generated from the method table by `make generate`; do not edit.
import FoundationEssentials
import SidestepProtocol

extension Wire {
    /// The protocol's `graph_write`.
    public struct GraphWriteObject: WireReadable, WireWritable {
        /// The task; in results.
        public var task: String?
        /// Its place; in results.
        public var path: String?
        /// Its number in the task.
        public var index: Int
        /// The channel.
        public var channel: String
        /// The serializer.
        public var type: String
        /// The value in base64.
        public var data: String

        init(_ reader: WireReader) throws {
            task = try reader.may("task")
            path = try reader.may("path")
            index = try reader.must("index")
            channel = try reader.must("channel")
            type = try reader.must("type")
            data = try reader.must("data")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("GraphWriteObject", wire))
        }

        /// What is left out is not said.
        public init(
            index: Int,
            channel: String,
            type: String,
            data: String,
            task: String? = nil,
            path: String? = nil
        ) {
            self.task = task
            self.path = path
            self.index = index
            self.channel = channel
            self.type = type
            self.data = data
        }

        var wire: RawJSON {
            .object { writer in
                writer.wire("task", task)
                writer.wire("path", path)
                writer.wire("index", index)
                writer.wire("channel", channel)
                writer.wire("type", type)
                writer.wire("data", data)
            }
        }
    }

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
}
