// swift-format-ignore-file
// Generated from the method table by `make generate`; do not edit.
import FoundationEssentials
import SidestepProtocol

extension Wire {
    /// Saves a checkpoint of a graph; one of the same id is replaced.
    ///
    /// - Parameters:
    ///   - thread: the thread.
    ///   - checkpoint: its id; later ones sort behind.
    ///   - type: the serializer that made `data`.
    ///   - data: the state in base64, but for `values`.
    ///   - metadata: an object; `run_id` in it is what `graph.delete_runs` looks for.
    ///   - namespace: the namespace in the thread. Default: the root, an empty text.
    ///   - parent: the checkpoint it follows.
    ///   - values: channels kept apart; equal values are stored once.
    ///   - channels: the channels that `data` has a value of.
    ///   - deltas: the channels whose state is in the writes since their last snapshot.
    @discardableResult
    public func graphPut(
        thread: String,
        checkpoint: String,
        type: String,
        data: String,
        metadata: RawJSON,
        namespace: String? = nil,
        parent: String? = nil,
        values: [Wire.GraphValueObject]? = nil,
        channels: [String]? = nil,
        deltas: [String]? = nil
    ) async throws -> GraphPutResult {
        try GraphPutResult(try await call("graph.put", mayResend: false) { writer in
            writer.wire("thread", thread)
            writer.wire("namespace", namespace)
            writer.wire("checkpoint", checkpoint)
            writer.wire("parent", parent)
            writer.wire("type", type)
            writer.wire("data", data)
            writer.wire("metadata", metadata)
            writer.wire("values", values)
            writer.wire("channels", channels)
            writer.wire("deltas", deltas)
        })
    }

    /// What `graph.put` answers.
    public struct GraphPutResult: WireReadable {

        init(_ reader: WireReader) throws {
            _ = reader
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("GraphPutResult", wire))
        }
    }

    /// Saves what a task of a graph wrote; what is there already is kept.
    ///
    /// - Parameters:
    ///   - thread: the thread.
    ///   - checkpoint: the checkpoint the task began with.
    ///   - task: the task.
    ///   - writes: channels and values, numbered in the task.
    ///   - namespace: the namespace in the thread. Default: the root, an empty text.
    ///   - path: its place in the graph.
    ///   - replace: whether what is there is replaced. Default: false.
    @discardableResult
    public func graphPutWrites(
        thread: String,
        checkpoint: String,
        task: String,
        writes: [Wire.GraphWriteObject],
        namespace: String? = nil,
        path: String? = nil,
        replace: Bool? = nil
    ) async throws -> GraphPutWritesResult {
        try GraphPutWritesResult(try await call("graph.put_writes", mayResend: false) { writer in
            writer.wire("thread", thread)
            writer.wire("namespace", namespace)
            writer.wire("checkpoint", checkpoint)
            writer.wire("task", task)
            writer.wire("path", path)
            writer.wire("writes", writes)
            writer.wire("replace", replace)
        })
    }

    /// What `graph.put_writes` answers.
    public struct GraphPutWritesResult: WireReadable {

        init(_ reader: WireReader) throws {
            _ = reader
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("GraphPutWritesResult", wire))
        }
    }

    /// Returns a checkpoint of a graph: the one asked for, or the newest.
    ///
    /// - Parameters:
    ///   - thread: the thread.
    ///   - namespace: the namespace in the thread. Default: the root, an empty text.
    ///   - checkpoint: its id. Default: the newest.
    @discardableResult
    public func graphGet(
        thread: String,
        namespace: String? = nil,
        checkpoint: String? = nil
    ) async throws -> GraphGetResult {
        try GraphGetResult(try await call("graph.get", mayResend: true) { writer in
            writer.wire("thread", thread)
            writer.wire("namespace", namespace)
            writer.wire("checkpoint", checkpoint)
        })
    }

    /// What `graph.get` answers.
    public struct GraphGetResult: WireReadable {
        /// The checkpoint, if there is one.
        public var found: Wire.GraphCheckpointObject?

        init(_ reader: WireReader) throws {
            found = try reader.may("found")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("GraphGetResult", wire))
        }
    }

    /// Lists checkpoints of graphs, the newest first.
    ///
    /// - Parameters:
    ///   - thread: only of this thread.
    ///   - namespace: only of this namespace.
    ///   - checkpoint: only this one.
    ///   - before: only ids below this one.
    ///   - filter: an object: members of the metadata and their values.
    ///   - limit: checkpoints on a page. Default: 100.
    ///   - cursor: `more` of the page before.
    @discardableResult
    public func graphList(
        thread: String? = nil,
        namespace: String? = nil,
        checkpoint: String? = nil,
        before: String? = nil,
        filter: RawJSON? = nil,
        limit: Int? = nil,
        cursor: String? = nil
    ) async throws -> GraphListResult {
        try GraphListResult(try await call("graph.list", mayResend: true) { writer in
            writer.wire("thread", thread)
            writer.wire("namespace", namespace)
            writer.wire("checkpoint", checkpoint)
            writer.wire("before", before)
            writer.wire("filter", filter)
            writer.wire("limit", limit)
            writer.wire("cursor", cursor)
        })
    }

    /// What `graph.list` answers.
    public struct GraphListResult: WireReadable {
        /// The checkpoints.
        public var checkpoints: [Wire.GraphCheckpointObject]
        /// The cursor of the next page.
        public var more: String?

        init(_ reader: WireReader) throws {
            checkpoints = try reader.must("checkpoints")
            more = try reader.may("more")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("GraphListResult", wire))
        }
    }

    /// Returns what channels got along the ancestors of a checkpoint, each since its last stored value.
    ///
    /// - Parameters:
    ///   - thread: the thread.
    ///   - channels: the channels.
    ///   - namespace: the namespace in the thread. Default: the root, an empty text.
    ///   - checkpoint: the checkpoint. Default: the newest.
    @discardableResult
    public func graphDeltaHistory(
        thread: String,
        channels: [String],
        namespace: String? = nil,
        checkpoint: String? = nil
    ) async throws -> GraphDeltaHistoryResult {
        try GraphDeltaHistoryResult(try await call("graph.delta_history", mayResend: true) { writer in
            writer.wire("thread", thread)
            writer.wire("namespace", namespace)
            writer.wire("checkpoint", checkpoint)
            writer.wire("channels", channels)
        })
    }

    /// What `graph.delta_history` answers.
    public struct GraphDeltaHistoryResult: WireReadable {
        /// In the order asked for.
        public var channels: [Wire.GraphHistoryObject]

        init(_ reader: WireReader) throws {
            channels = try reader.must("channels")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("GraphDeltaHistoryResult", wire))
        }
    }

    /// Copies a thread, all its checkpoints and writes, to another one.
    ///
    /// - Parameters:
    ///   - thread: the thread.
    ///   - target: the thread to copy to.
    @discardableResult
    public func graphCopyThread(
        thread: String,
        target: String
    ) async throws -> GraphCopyThreadResult {
        try GraphCopyThreadResult(try await call("graph.copy_thread", mayResend: false) { writer in
            writer.wire("thread", thread)
            writer.wire("target", target)
        })
    }

    /// What `graph.copy_thread` answers.
    public struct GraphCopyThreadResult: WireReadable {

        init(_ reader: WireReader) throws {
            _ = reader
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("GraphCopyThreadResult", wire))
        }
    }

    /// Forgets a thread with its checkpoints and writes.
    ///
    /// - Parameters:
    ///   - thread: the thread.
    @discardableResult
    public func graphDeleteThread(
        thread: String
    ) async throws -> GraphDeleteThreadResult {
        try GraphDeleteThreadResult(try await call("graph.delete_thread", mayResend: false) { writer in
            writer.wire("thread", thread)
        })
    }

    /// What `graph.delete_thread` answers.
    public struct GraphDeleteThreadResult: WireReadable {
        /// Whether there was one.
        public var deleted: Bool

        init(_ reader: WireReader) throws {
            deleted = try reader.must("deleted")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("GraphDeleteThreadResult", wire))
        }
    }
}
