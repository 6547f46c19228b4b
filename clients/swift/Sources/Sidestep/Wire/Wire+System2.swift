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
}
