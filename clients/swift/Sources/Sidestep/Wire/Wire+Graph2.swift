// swift-format-ignore-file
// Generated from the method table by `make generate`; do not edit.
import FoundationEssentials
import SidestepProtocol

extension Wire {
    /// Forgets the checkpoints whose metadata names one of these runs, with the writes at them.
    ///
    /// - Parameters:
    ///   - runs: values of `run_id`.
    @discardableResult
    public func graphDeleteRuns(
        runs: [String]
    ) async throws -> GraphDeleteRunsResult {
        try GraphDeleteRunsResult(try await call("graph.delete_runs", mayResend: false) { writer in
            writer.wire("runs", runs)
        })
    }

    /// What `graph.delete_runs` answers.
    public struct GraphDeleteRunsResult: WireReadable {
        /// How many checkpoints.
        public var deleted: Int

        init(_ reader: WireReader) throws {
            deleted = try reader.must("deleted")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("GraphDeleteRunsResult", wire))
        }
    }

    /// Forgets all checkpoints of threads but the newest of each namespace and what it depends on.
    ///
    /// - Parameters:
    ///   - threads: the threads.
    @discardableResult
    public func graphPrune(
        threads: [String]
    ) async throws -> GraphPruneResult {
        try GraphPruneResult(try await call("graph.prune", mayResend: false) { writer in
            writer.wire("threads", threads)
        })
    }

    /// What `graph.prune` answers.
    public struct GraphPruneResult: WireReadable {
        /// How many checkpoints.
        public var deleted: Int

        init(_ reader: WireReader) throws {
            deleted = try reader.must("deleted")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("GraphPruneResult", wire))
        }
    }
}
