// swift-format-ignore-file
// Generated from the method table by `make generate`; do not edit.
import FoundationEssentials
import SidestepProtocol

extension Wire {
    /// Answers, so that a client knows the daemon is there.
    @discardableResult
    public func ping(
    ) async throws -> PingResult {
        try PingResult(try await call("ping", mayResend: true) { writer in
            _ = writer
        })
    }

    /// What `ping` answers.
    public struct PingResult: WireReadable {

        init(_ reader: WireReader) throws {
            _ = reader
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("PingResult", wire))
        }
    }

    /// Tells what the daemon speaks; a client that never says hello works as well.
    ///
    /// - Parameters:
    ///   - client: the name of the client library.
    ///   - version: its version.
    ///   - `protocol`: the protocol it was written for.
    @discardableResult
    public func hello(
        client: String? = nil,
        version: String? = nil,
        `protocol`: Int? = nil
    ) async throws -> HelloResult {
        try HelloResult(try await call("hello", mayResend: true) { writer in
            writer.wire("client", client)
            writer.wire("version", version)
            writer.wire("protocol", `protocol`)
        })
    }

    /// What `hello` answers.
    public struct HelloResult: WireReadable {
        /// Always sidestepd.
        public var server: String
        /// The version of the daemon.
        public var version: String
        /// The protocol it speaks.
        public var `protocol`: Int
        /// Every limit by its name.
        public var limits: RawJSON
        /// What it can do beyond the base.
        public var features: [String]

        init(_ reader: WireReader) throws {
            server = try reader.must("server")
            version = try reader.must("version")
            `protocol` = try reader.must("protocol")
            limits = try reader.must("limits")
            features = try reader.must("features")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("HelloResult", wire))
        }
    }

    /// Returns this contract as an OpenRPC document.
    @discardableResult
    public func rpcDiscover(
    ) async throws -> RpcDiscoverResult {
        try RpcDiscoverResult(try await call("rpc.discover", mayResend: true) { writer in
            _ = writer
        })
    }

    /// What `rpc.discover` answers.
    public struct RpcDiscoverResult: WireReadable {
        /// The version of OpenRPC.
        public var openrpc: String
        /// Title and version.
        public var info: RawJSON
        /// The methods.
        public var methods: [RawJSON]
        /// What the methods share.
        public var components: RawJSON?

        init(_ reader: WireReader) throws {
            openrpc = try reader.must("openrpc")
            info = try reader.must("info")
            methods = try reader.must("methods")
            components = try reader.may("components")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("RpcDiscoverResult", wire))
        }
    }

    /// Gives up a request of this connection that waits: it is refused with `request_cancelled`, unless its
    /// reply is on the way already.
    ///
    /// - Parameters:
    ///   - id: the id of the request, written as in the request.
    @discardableResult
    public func rpcCancel(
        id: RawJSON
    ) async throws -> RpcCancelResult {
        try RpcCancelResult(try await call("rpc.cancel", mayResend: true) { writer in
            writer.wire("id", id)
        })
    }

    /// What `rpc.cancel` answers.
    public struct RpcCancelResult: WireReadable {

        init(_ reader: WireReader) throws {
            _ = reader
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("RpcCancelResult", wire))
        }
    }

    /// Tells how the daemon is doing; who is no administrator hears of himself only, and of no files.
    @discardableResult
    public func systemInfo(
    ) async throws -> SystemInfoResult {
        try SystemInfoResult(try await call("system.info", mayResend: true) { writer in
            _ = writer
        })
    }

    /// What `system.info` answers.
    public struct SystemInfoResult: WireReadable {
        /// The version of the daemon.
        public var version: String
        /// Its process.
        public var pid: Int
        /// When it started.
        public var startedAt: Date
        /// How long it has been up.
        public var uptime: Duration
        /// Where it listens; for administrators.
        public var socket: String?
        /// The file it writes; for administrators.
        public var database: String?
        /// How the disk of the database does, for administrators.
        public var storage: RawJSON?
        /// The size of that file; for administrators.
        public var databaseBytes: Int?
        /// The SQLite it runs on.
        public var sqliteVersion: String?
        /// How many runs the caller sees of each status.
        public var runs: RawJSON
        /// Open connections: of the caller's user, for administrators all.
        public var connections: Int
        /// For administrators: the settings in force by their names.
        public var settings: RawJSON?

        init(_ reader: WireReader) throws {
            version = try reader.must("version")
            pid = try reader.must("pid")
            startedAt = try reader.must("started_at")
            uptime = try reader.must("uptime_ms")
            socket = try reader.may("socket")
            database = try reader.may("database")
            storage = try reader.may("storage")
            databaseBytes = try reader.may("database_bytes")
            sqliteVersion = try reader.may("sqlite_version")
            runs = try reader.must("runs")
            connections = try reader.must("connections")
            settings = try reader.may("settings")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("SystemInfoResult", wire))
        }
    }
}
