// swift-format-ignore-file
// Generated from the method table by `make generate`; do not edit.
import FoundationEssentials
import SidestepProtocol

extension Wire {
    /// Tells what the database holds.
    @discardableResult
    public func systemStats(
    ) async throws -> SystemStatsResult {
        try SystemStatsResult(try await call("system.stats", mayResend: true) { writer in
            _ = writer
        })
    }

    /// What `system.stats` answers.
    public struct SystemStatsResult: WireReadable {
        /// The size of the database and its log.
        public var databaseBytes: Int
        /// That of the log.
        public var logBytes: Int
        /// What removed runs left free in the file.
        public var freeBytes: Int
        /// How many runs there are of each status.
        public var runs: RawJSON
        /// Runs that share records of another one.
        public var forks: Int
        /// Removed runs whose rows are being deleted.
        public var beingRemoved: Int
        /// Removed runs of which forks need a part.
        public var keptForForks: Int
        /// What is remembered beyond runs, by all users.
        public var memories: Int
        /// When the run ended that ended first.
        public var oldestClosedAt: Date?

        init(_ reader: WireReader) throws {
            databaseBytes = try reader.must("database_bytes")
            logBytes = try reader.must("log_bytes")
            freeBytes = try reader.must("free_bytes")
            runs = try reader.must("runs")
            forks = try reader.must("forks")
            beingRemoved = try reader.must("being_removed")
            keptForForks = try reader.must("kept_for_forks")
            memories = try reader.must("memories")
            oldestClosedAt = try reader.may("oldest_closed_at")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("SystemStatsResult", wire))
        }
    }

    /// Tells what users have, by workflow: runs, steps, bytes of payloads, and when that was counted.
    ///
    /// - Parameters:
    ///   - user: only what this user has; that of others is an administrator's.
    ///   - workflow: only runs of this workflow.
    ///   - limit: lines at most. Default: 100.
    ///   - maxAge: how old the figures may be; they may be older where counting takes long. Default: 60000.
    @discardableResult
    public func systemUsage(
        user: Int? = nil,
        workflow: String? = nil,
        limit: Int? = nil,
        maxAge: Duration? = nil
    ) async throws -> SystemUsageResult {
        try SystemUsageResult(try await call("system.usage", mayResend: true) { writer in
            writer.wire("user", user)
            writer.wire("workflow", workflow)
            writer.wire("limit", limit)
            writer.wire("max_age_ms", maxAge)
        })
    }

    /// What `system.usage` answers.
    public struct SystemUsageResult: WireReadable {
        /// When counting began: what is newer may be missing.
        public var countedAt: Date
        /// How long it took.
        public var took: Duration
        /// What takes most first.
        public var lines: [Wire.SpaceLineObject]
        /// All that match together, also what is in no line.
        public var all: Wire.SpaceLineObject
        /// How many lines there are besides.
        public var more: Int

        init(_ reader: WireReader) throws {
            countedAt = try reader.must("counted_at")
            took = try reader.must("took_ms")
            lines = try reader.must("lines")
            all = try reader.must("all")
            more = try reader.must("more")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("SystemUsageResult", wire))
        }
    }
}
