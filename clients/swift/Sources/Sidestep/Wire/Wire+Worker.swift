// swift-format-ignore-file
// Generated from the method table by `make generate`; do not edit.
import FoundationEssentials
import SidestepProtocol

extension Wire {
    /// Hands over the next run of the worker's queues, waiting for one to come.
    ///
    /// - Parameters:
    ///   - workflows: the workflows that the worker has code for.
    ///   - queues: its queues. Default: ["default"].
    ///   - codeVersion: the version of its code; runs of another version are not for it.
    ///   - worker: what people call the worker. Default: its process id.
    ///   - wait: the longest time to wait for a run. Default: 0.
    ///   - owner: what keeps the lease alive. Default: connection.
    ///   - ttl: how long a lease of kind ttl lives without renewal.
    ///   - steps: whether recorded steps are handed over. Default: all.
    ///   - maxBytes: about how large the steps may be together.
    @discardableResult
    public func workerClaim(
        workflows: [String],
        queues: [String]? = nil,
        codeVersion: String? = nil,
        worker: String? = nil,
        wait: Duration? = nil,
        owner: String? = nil,
        ttl: Duration? = nil,
        steps: String? = nil,
        maxBytes: Int? = nil
    ) async throws -> WorkerClaimResult {
        try WorkerClaimResult(try await call("worker.claim", mayResend: false) { writer in
            writer.wire("workflows", workflows)
            writer.wire("queues", queues)
            writer.wire("code_version", codeVersion)
            writer.wire("worker", worker)
            writer.wire("wait_ms", wait)
            writer.wire("owner", owner)
            writer.wire("ttl_ms", ttl)
            writer.wire("steps", steps)
            writer.wire("max_bytes", maxBytes)
        })
    }

    /// What `worker.claim` answers.
    public struct WorkerClaimResult: WireReadable {
        /// False when no run came in time; then there is nothing else.
        public var claimed: Bool
        /// The run.
        public var run: Wire.RunObject?
        /// The right to act for the run.
        public var lease: String?
        /// The number of the lease.
        public var epoch: Int?
        /// Always false.
        public var created: Bool?
        /// What the run was begun with.
        public var input: RawJSON?
        /// The checkpoint to go on from.
        public var checkpoint: Wire.CheckpointObject?
        /// What was recorded, oldest first.
        public var steps: [Wire.ReplayedStepObject]?
        /// The cursor for `step.list` when not all steps fitted.
        public var more: String?
        /// The run's own span, for what is below it; none when nobody is told of traces.
        public var traceparent: String?

        init(_ reader: WireReader) throws {
            claimed = try reader.must("claimed")
            run = try reader.may("run")
            lease = try reader.may("lease")
            epoch = try reader.may("epoch")
            created = try reader.may("created")
            input = try reader.may("input")
            checkpoint = try reader.may("checkpoint")
            steps = try reader.may("steps")
            more = try reader.may("more")
            traceparent = try reader.may("traceparent")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("WorkerClaimResult", wire))
        }
    }

    /// Lists the workers that are connected.
    @discardableResult
    public func workerList(
    ) async throws -> WorkerListResult {
        try WorkerListResult(try await call("worker.list", mayResend: true) { writer in
            _ = writer
        })
    }

    /// What `worker.list` answers.
    public struct WorkerListResult: WireReadable {
        /// The workers, by name.
        public var workers: [RawJSON]

        init(_ reader: WireReader) throws {
            workers = try reader.must("workers")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("WorkerListResult", wire))
        }
    }
}
