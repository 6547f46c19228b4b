// swift-format-ignore-file
// Generated from the method table by `make generate`; do not edit.
import FoundationEssentials
import SidestepProtocol

extension Wire {
    /// Remembers a value; one of the same key is replaced.
    ///
    /// - Parameters:
    ///   - namespace: labels from the general to the particular; none is your root.
    ///   - key: unique in the namespace.
    ///   - value: the value.
    ///   - ttl: how long it is kept. Default: for ever.
    @discardableResult
    public func memoryPut(
        namespace: [String],
        key: String,
        value: RawJSON,
        ttl: Duration? = nil
    ) async throws -> MemoryPutResult {
        try MemoryPutResult(try await call("memory.put", mayResend: false) { writer in
            writer.wire("namespace", namespace)
            writer.wire("key", key)
            writer.wire("value", value)
            writer.wire("ttl_ms", ttl)
        })
    }

    /// What `memory.put` answers.
    public struct MemoryPutResult: WireReadable {

        init(_ reader: WireReader) throws {
            _ = reader
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("MemoryPutResult", wire))
        }
    }

    /// Returns what is remembered under a key.
    ///
    /// - Parameters:
    ///   - namespace: labels from the general to the particular; none is your root.
    ///   - key: unique in the namespace.
    @discardableResult
    public func memoryGet(
        namespace: [String],
        key: String
    ) async throws -> MemoryGetResult {
        try MemoryGetResult(try await call("memory.get", mayResend: true) { writer in
            writer.wire("namespace", namespace)
            writer.wire("key", key)
        })
    }

    /// What `memory.get` answers.
    public struct MemoryGetResult: WireReadable {
        /// Whether there is something.
        public var found: Bool
        /// What it is.
        public var item: Wire.MemoryObject?

        init(_ reader: WireReader) throws {
            found = try reader.must("found")
            item = try reader.may("item")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("MemoryGetResult", wire))
        }
    }

    /// Lets what expires be kept its whole `ttl_ms` from now on: a read alone moves nothing.
    ///
    /// - Parameters:
    ///   - namespace: labels from the general to the particular; none is your root.
    ///   - key: unique in the namespace.
    @discardableResult
    public func memoryRefresh(
        namespace: [String],
        key: String
    ) async throws -> MemoryRefreshResult {
        try MemoryRefreshResult(try await call("memory.refresh", mayResend: false) { writer in
            writer.wire("namespace", namespace)
            writer.wire("key", key)
        })
    }

    /// What `memory.refresh` answers.
    public struct MemoryRefreshResult: WireReadable {
        /// Whether it is there.
        public var refreshed: Bool

        init(_ reader: WireReader) throws {
            refreshed = try reader.must("refreshed")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("MemoryRefreshResult", wire))
        }
    }

    /// Forgets what is remembered under a key.
    ///
    /// - Parameters:
    ///   - namespace: labels from the general to the particular; none is your root.
    ///   - key: unique in the namespace.
    @discardableResult
    public func memoryDelete(
        namespace: [String],
        key: String
    ) async throws -> MemoryDeleteResult {
        try MemoryDeleteResult(try await call("memory.delete", mayResend: false) { writer in
            writer.wire("namespace", namespace)
            writer.wire("key", key)
        })
    }

    /// What `memory.delete` answers.
    public struct MemoryDeleteResult: WireReadable {
        /// Whether there was something.
        public var deleted: Bool

        init(_ reader: WireReader) throws {
            deleted = try reader.must("deleted")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("MemoryDeleteResult", wire))
        }
    }

    /// Returns what is remembered in a namespace and below it, the last changed first.
    ///
    /// - Parameters:
    ///   - namespace: where to look. Default: everywhere.
    ///   - filter: an object: what members of the value must be, or objects of `$eq`, `$ne`, `$gt`, `$gte`,
    ///   `$lt`, `$lte`.
    ///   - query: a text that stands in one of the value, in large letters or small.
    ///   - limit: how many. Default: 10.
    ///   - offset: how many are passed over. Default: 0.
    ///   - maxBytes: about how many bytes of them. Default: 8388608.
    @discardableResult
    public func memorySearch(
        namespace: [String]? = nil,
        filter: RawJSON? = nil,
        query: String? = nil,
        limit: Int? = nil,
        offset: Int? = nil,
        maxBytes: Int? = nil
    ) async throws -> MemorySearchResult {
        try MemorySearchResult(try await call("memory.search", mayResend: true) { writer in
            writer.wire("namespace", namespace)
            writer.wire("filter", filter)
            writer.wire("query", query)
            writer.wire("limit", limit)
            writer.wire("offset", offset)
            writer.wire("max_bytes", maxBytes)
        })
    }

    /// What `memory.search` answers.
    public struct MemorySearchResult: WireReadable {
        /// What matches.
        public var items: [Wire.MemoryObject]
        /// The `offset` to go on with.
        public var more: Int?

        init(_ reader: WireReader) throws {
            items = try reader.must("items")
            more = try reader.may("more")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("MemorySearchResult", wire))
        }
    }

    /// Lists the namespaces in which something is remembered.
    ///
    /// - Parameters:
    ///   - prefix: how they begin; `*` is any one label.
    ///   - suffix: how they end, likewise.
    ///   - maxDepth: labels are cut to so many. Default: all.
    ///   - limit: how many. Default: 100.
    ///   - offset: how many are passed over. Default: 0.
    @discardableResult
    public func memoryNamespaces(
        prefix: [String]? = nil,
        suffix: [String]? = nil,
        maxDepth: Int? = nil,
        limit: Int? = nil,
        offset: Int? = nil
    ) async throws -> MemoryNamespacesResult {
        try MemoryNamespacesResult(try await call("memory.namespaces", mayResend: true) { writer in
            writer.wire("prefix", prefix)
            writer.wire("suffix", suffix)
            writer.wire("max_depth", maxDepth)
            writer.wire("limit", limit)
            writer.wire("offset", offset)
        })
    }

    /// What `memory.namespaces` answers.
    public struct MemoryNamespacesResult: WireReadable {
        /// Their labels, in order.
        public var namespaces: [[String]]
        /// The `offset` to go on with.
        public var more: Int?

        init(_ reader: WireReader) throws {
            namespaces = try reader.must("namespaces")
            more = try reader.may("more")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("MemoryNamespacesResult", wire))
        }
    }

    /// Forgets a namespace with all that is below it.
    ///
    /// - Parameters:
    ///   - namespace: labels from the general to the particular; none is your root.
    @discardableResult
    public func memoryClear(
        namespace: [String]
    ) async throws -> MemoryClearResult {
        try MemoryClearResult(try await call("memory.clear", mayResend: false) { writer in
            writer.wire("namespace", namespace)
        })
    }

    /// What `memory.clear` answers.
    public struct MemoryClearResult: WireReadable {
        /// How many values.
        public var deleted: Int

        init(_ reader: WireReader) throws {
            deleted = try reader.must("deleted")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("MemoryClearResult", wire))
        }
    }

    /// Does several of these: what they write, in one transaction; what they search, in one snapshot behind
    /// it.
    ///
    /// - Parameters:
    ///   - operations: in their order.
    @discardableResult
    public func memoryBatch(
        operations: [Wire.MemoryOperationObject]
    ) async throws -> MemoryBatchResult {
        try MemoryBatchResult(try await call("memory.batch", mayResend: false) { writer in
            writer.wire("operations", operations)
        })
    }

    /// What `memory.batch` answers.
    public struct MemoryBatchResult: WireReadable {
        /// The result of each.
        public var results: [RawJSON]

        init(_ reader: WireReader) throws {
            results = try reader.must("results")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("MemoryBatchResult", wire))
        }
    }
}
