// swift-format-ignore-file
// Generated from the method table by `make generate`; do not edit.
import FoundationEssentials
import SidestepProtocol

extension Wire {
    /// Reads the daemon's own journal: who changed what no run's journal tells of, such as deletions.
    ///
    /// - Parameters:
    ///   - after: only lines behind this one. Default: 0.
    ///   - limit: how many at most. Default: 100.
    @discardableResult
    public func systemActs(
        after: Int? = nil,
        limit: Int? = nil
    ) async throws -> SystemActsResult {
        try SystemActsResult(try await call("system.acts", mayResend: true) { writer in
            writer.wire("after", after)
            writer.wire("limit", limit)
        })
    }

    /// What `system.acts` answers.
    public struct SystemActsResult: WireReadable {
        /// The oldest first; of others than administrators: what is his or by him.
        public var acts: [RawJSON]
        /// Pass it as `after` for the next page.
        public var more: Int?

        init(_ reader: WireReader) throws {
            acts = try reader.must("acts")
            more = try reader.may("more")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("SystemActsResult", wire))
        }
    }

    /// Lets time pass in a daemon that was started for tests, `sidestepd --test-time`: what is due then is
    /// done.
    ///
    /// - Parameters:
    ///   - ms: how much of it, ten years at most.
    @discardableResult
    public func systemAdvance(
        ms: Int
    ) async throws -> SystemAdvanceResult {
        try SystemAdvanceResult(try await call("system.advance", mayResend: true) { writer in
            writer.wire("ms", ms)
        })
    }

    /// What `system.advance` answers.
    public struct SystemAdvanceResult: WireReadable {
        /// What time it is then.
        public var now: Int

        init(_ reader: WireReader) throws {
            now = try reader.must("now")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("SystemAdvanceResult", wire))
        }
    }

    /// Lets nothing new start: the daemon leaves when what runs has ended. Or ends that.
    ///
    /// - Parameters:
    ///   - on: false lets things start again. Default: true.
    @discardableResult
    public func systemDrain(
        on: Bool? = nil
    ) async throws -> SystemDrainResult {
        try SystemDrainResult(try await call("system.drain", mayResend: true) { writer in
            writer.wire("on", on)
        })
    }

    /// What `system.drain` answers.
    public struct SystemDrainResult: WireReadable {
        /// Runs that have an owner, the newest hundred.
        public var runs: [String]
        /// Steps that the daemon executes.
        public var steps: Int

        init(_ reader: WireReader) throws {
            runs = try reader.must("runs")
            steps = try reader.must("steps")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("SystemDrainResult", wire))
        }
    }

    /// Makes a copy of the database beside all work: a file that is there in full or not at all, or one to
    /// read.
    ///
    /// - Parameters:
    ///   - path: the file to write, as the daemon's user; it begins with a slash. Default: none:
    ///   `system.backup_read` reads the copy.
    ///   - overwrite: whether an existing file is replaced. Default: false.
    ///   - progress: whether this connection is told how far it is, by notifications `system.progress`.
    ///   Default: false.
    @discardableResult
    public func systemBackup(
        path: String? = nil,
        overwrite: Bool? = nil,
        progress: Bool? = nil
    ) async throws -> SystemBackupResult {
        try SystemBackupResult(try await call("system.backup", mayResend: true) { writer in
            writer.wire("path", path)
            writer.wire("overwrite", overwrite)
            writer.wire("progress", progress)
        })
    }

    /// What `system.backup` answers.
    public struct SystemBackupResult: WireReadable {
        /// The file.
        public var path: String?
        /// What `system.backup_read` is to be passed.
        public var backup: String?
        /// Its size.
        public var bytes: Int

        init(_ reader: WireReader) throws {
            path = try reader.may("path")
            backup = try reader.may("backup")
            bytes = try reader.must("bytes")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("SystemBackupResult", wire))
        }
    }

    /// Reads a part of a copy that `system.backup` made; it goes with the connection, or when its end was
    /// read.
    ///
    /// - Parameters:
    ///   - backup: what `system.backup` answered.
    ///   - from: the first byte.
    ///   - maxBytes: how many at most. Default: 1048576.
    @discardableResult
    public func systemBackupRead(
        backup: String,
        from: Int,
        maxBytes: Int? = nil
    ) async throws -> SystemBackupReadResult {
        try SystemBackupReadResult(try await call("system.backup_read", mayResend: true) { writer in
            writer.wire("backup", backup)
            writer.wire("from", from)
            writer.wire("max_bytes", maxBytes)
        })
    }

    /// What `system.backup_read` answers.
    public struct SystemBackupReadResult: WireReadable {
        /// The bytes in base 64.
        public var data: String
        /// Whether there is more behind them.
        public var more: Bool

        init(_ reader: WireReader) throws {
            data = try reader.must("data")
            more = try reader.must("more")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("SystemBackupReadResult", wire))
        }
    }

    /// Looks at every page, index and reference of the database while the daemon goes on.
    @discardableResult
    public func systemCheck(
    ) async throws -> SystemCheckResult {
        try SystemCheckResult(try await call("system.check", mayResend: true) { writer in
            _ = writer
        })
    }

    /// What `system.check` answers.
    public struct SystemCheckResult: WireReadable {
        /// Whether nothing is wrong.
        public var ok: Bool
        /// What is wrong, a hundred sentences at most.
        public var problems: [String]

        init(_ reader: WireReader) throws {
            ok = try reader.must("ok")
            problems = try reader.must("problems")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("SystemCheckResult", wire))
        }
    }

    /// Gives the space that removed runs left back to the file system; writes wait meanwhile.
    ///
    /// - Parameters:
    ///   - progress: whether this connection is told how far it is, by notifications `system.progress`.
    ///   Default: false.
    @discardableResult
    public func systemVacuum(
        progress: Bool? = nil
    ) async throws -> SystemVacuumResult {
        try SystemVacuumResult(try await call("system.vacuum", mayResend: true) { writer in
            writer.wire("progress", progress)
        })
    }

    /// What `system.vacuum` answers.
    public struct SystemVacuumResult: WireReadable {
        /// The size of the file before.
        public var bytesBefore: Int
        /// And after.
        public var bytesAfter: Int

        init(_ reader: WireReader) throws {
            bytesBefore = try reader.must("bytes_before")
            bytesAfter = try reader.must("bytes_after")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("SystemVacuumResult", wire))
        }
    }

    /// Tells the daemon's metrics as text that Prometheus and its like read.
    @discardableResult
    public func systemMetrics(
    ) async throws -> SystemMetricsResult {
        try SystemMetricsResult(try await call("system.metrics", mayResend: true) { writer in
            _ = writer
        })
    }

    /// What `system.metrics` answers.
    public struct SystemMetricsResult: WireReadable {
        /// OpenMetrics 1.0: [metrics](metrics.md).
        public var text: String

        init(_ reader: WireReader) throws {
            text = try reader.must("text")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("SystemMetricsResult", wire))
        }
    }
}
