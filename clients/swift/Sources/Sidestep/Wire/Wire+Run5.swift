// swift-format-ignore-file
// Generated from the method table by `make generate`; do not edit.
import FoundationEssentials
import SidestepProtocol

extension Wire {
    /// Compares the steps of two runs, the first difference first.
    ///
    /// - Parameters:
    ///   - run: the id of the run.
    ///   - other: the run to compare it with.
    ///   - limit: differences at most. Default: 1000.
    ///   - maxBytes: about how large the answer may be.
    @discardableResult
    public func runDiff(
        run: String,
        other: String,
        limit: Int? = nil,
        maxBytes: Int? = nil
    ) async throws -> RunDiffResult {
        try RunDiffResult(try await call("run.diff", mayResend: true) { writer in
            writer.wire("run", run)
            writer.wire("other", other)
            writer.wire("limit", limit)
            writer.wire("max_bytes", maxBytes)
        })
    }

    /// What `run.diff` answers.
    public struct RunDiffResult: WireReadable {
        /// The run as it is now.
        public var run: Wire.RunObject
        /// The other run as it is now.
        public var other: Wire.RunObject
        /// Whether both were begun with the same input.
        public var sameInput: Bool
        /// Whether both returned the same.
        public var sameOutput: Bool
        /// How many steps are the same in both.
        public var same: Int
        /// How many of these are one record.
        public var shared: Int
        /// The steps that differ.
        public var steps: [Wire.StepDifferenceObject]
        /// Whether there are more than fit the answer.
        public var more: Bool

        init(_ reader: WireReader) throws {
            run = try reader.must("run")
            other = try reader.must("other")
            sameInput = try reader.must("same_input")
            sameOutput = try reader.must("same_output")
            same = try reader.must("same")
            shared = try reader.must("shared")
            steps = try reader.must("steps")
            more = try reader.must("more")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("RunDiffResult", wire))
        }
    }

    /// Removes closed runs: those that the rules of retention say, or those closed before a moment.
    ///
    /// - Parameters:
    ///   - before: only runs closed before this moment. Default: what the rules say.
    ///   - workflow: only runs of this workflow.
    ///   - status: only runs that ended like this.
    ///   - dryRun: whether only to say what would be removed. Default: false.
    @discardableResult
    public func runPrune(
        before: Int? = nil,
        workflow: String? = nil,
        status: String? = nil,
        dryRun: Bool? = nil
    ) async throws -> RunPruneResult {
        try RunPruneResult(try await call("run.prune", mayResend: false) { writer in
            writer.wire("before", before)
            writer.wire("workflow", workflow)
            writer.wire("status", status)
            writer.wire("dry_run", dryRun)
        })
    }

    /// What `run.prune` answers.
    public struct RunPruneResult: WireReadable {
        /// How many runs were removed, or would be.
        public var runs: Int
        /// With `dry_run`: about how many bytes of payload they have.
        public var bytes: Int?
        /// True where the bytes of some were guessed from those of the others.
        public var estimate: Bool?
        /// Whether the same call would remove more.
        public var more: Bool

        init(_ reader: WireReader) throws {
            runs = try reader.must("runs")
            bytes = try reader.may("bytes")
            estimate = try reader.may("estimate")
            more = try reader.must("more")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("RunPruneResult", wire))
        }
    }

    /// Returns all of a run as lines of JSON that another daemon can import, payloads unchanged.
    ///
    /// - Parameters:
    ///   - run: the id of the run.
    ///   - generation: which generation. Default: the latest.
    ///   - cursor: `more` of the page before.
    ///   - maxBytes: about how large a page may be.
    ///   - withoutRecordings: whether recorded calls are without their bodies and keys, as if those had been
    ///   deleted. Default: false.
    @discardableResult
    public func runExport(
        run: String,
        generation: Int? = nil,
        cursor: String? = nil,
        maxBytes: Int? = nil,
        withoutRecordings: Bool? = nil
    ) async throws -> RunExportResult {
        try RunExportResult(try await call("run.export", mayResend: true) { writer in
            writer.wire("run", run)
            writer.wire("generation", generation)
            writer.wire("cursor", cursor)
            writer.wire("max_bytes", maxBytes)
            writer.wire("without_recordings", withoutRecordings)
        })
    }

    /// What `run.export` answers.
    public struct RunExportResult: WireReadable {
        /// The lines, each an object with a `kind`.
        public var lines: [RawJSON]
        /// The cursor of the next page.
        public var more: String?

        init(_ reader: WireReader) throws {
            lines = try reader.must("lines")
            more = try reader.may("more")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("RunExportResult", wire))
        }
    }

    /// Takes in the lines of an export; the run is seen when its last line has come.
    ///
    /// - Parameters:
    ///   - lines: lines of the export in their order.
    ///   - `import`: what the call before answered, to go on.
    ///   - run: the id that the run gets here. Default: its own.
    ///   - user: whose it is to be; an administrator's alone. Default: the caller.
    @discardableResult
    public func runImport(
        lines: [RawJSON],
        `import`: String? = nil,
        run: String? = nil,
        user: Int? = nil
    ) async throws -> RunImportResult {
        try RunImportResult(try await call("run.import", mayResend: false) { writer in
            writer.wire("lines", lines)
            writer.wire("import", `import`)
            writer.wire("run", run)
            writer.wire("user", user)
        })
    }

    /// What `run.import` answers.
    public struct RunImportResult: WireReadable {
        /// The run, once it is whole.
        public var run: Wire.RunObject?
        /// Whether the run is whole; false: send more lines.
        public var done: Bool
        /// Whether it was taken in; false when it was here already.
        public var imported: Bool
        /// What to pass with the next lines.
        public var `import`: String?

        init(_ reader: WireReader) throws {
            run = try reader.may("run")
            done = try reader.must("done")
            imported = try reader.must("imported")
            `import` = try reader.may("import")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("RunImportResult", wire))
        }
    }
}
