// swift-format-ignore-file
// Generated from the method table by `make generate`; do not edit.
import FoundationEssentials
import SidestepProtocol

extension Wire {
    /// Opens a run, or comes back to it with everything that was recorded.
    ///
    /// - Parameters:
    ///   - run: the id of the run. Default: a new one.
    ///   - workflow: the code that executes it.
    ///   - input: what it is begun with.
    ///   - create: whether a missing run is made. Default: true.
    ///   - token: a resume token: the checkpoint to go on from.
    ///   - codeVersion: the version of the code.
    ///   - tags: names to find it by.
    ///   - metadata: anything its author wants to note.
    ///   - deadlineAt: when it must be closed.
    ///   - ifClosed: what to do with a closed run. Default: return.
    ///   - ifOwned: what to do when another process has it. Default: fail.
    ///   - wait: the longest time to wait for an owned run.
    ///   - onCodeChange: what to do when `code_version` differs from the last owner's. Default: continue.
    ///   - onMismatch: what to do when a step comes with another fingerprint. Default: error.
    ///   - retry: when the run as a whole is tried again. Default: never.
    ///   - maxInterruptions: deaths without progress before the run is paused. Default: 10.
    ///   - owner: what keeps the lease alive. Default: connection.
    ///   - ownerPid: the owning process, an ancestor of the caller. Default: the caller.
    ///   - ttl: how long a lease of kind ttl lives without renewal.
    ///   - steps: whether recorded steps are handed over. Default: all.
    ///   - maxBytes: about how large the steps may be together.
    ///   - parent: the run that it belongs to.
    ///   - onParentClose: whether it is cancelled when its parent closes. Default: cancel.
    ///   - compensates: whether its workflow undoes what it did when the run is cancelled. Default: false.
    ///   - budget: what it and its children may use up.
    ///   - traceparent: the span of a trace that a new run is below, as W3C Trace Context has it. Default:
    ///   the parent's.
    @discardableResult
    public func resume(
        run: String? = nil,
        workflow: String? = nil,
        input: RawJSON? = nil,
        create: Bool? = nil,
        token: String? = nil,
        codeVersion: String? = nil,
        tags: [String: String]? = nil,
        metadata: RawJSON? = nil,
        deadlineAt: Date? = nil,
        ifClosed: String? = nil,
        ifOwned: String? = nil,
        wait: Duration? = nil,
        onCodeChange: String? = nil,
        onMismatch: String? = nil,
        retry: Wire.RetryObject? = nil,
        maxInterruptions: Int? = nil,
        owner: String? = nil,
        ownerPid: Int? = nil,
        ttl: Duration? = nil,
        steps: String? = nil,
        maxBytes: Int? = nil,
        parent: String? = nil,
        onParentClose: String? = nil,
        compensates: Bool? = nil,
        budget: Wire.BudgetObject? = nil,
        traceparent: String? = nil
    ) async throws -> ResumeResult {
        try ResumeResult(try await call("resume", mayResend: false) { writer in
            writer.wire("run", run)
            writer.wire("workflow", workflow)
            writer.wire("input", input)
            writer.wire("create", create)
            writer.wire("token", token)
            writer.wire("code_version", codeVersion)
            writer.wire("tags", tags)
            writer.wire("metadata", metadata)
            writer.wire("deadline_at", deadlineAt)
            writer.wire("if_closed", ifClosed)
            writer.wire("if_owned", ifOwned)
            writer.wire("wait_ms", wait)
            writer.wire("on_code_change", onCodeChange)
            writer.wire("on_mismatch", onMismatch)
            writer.wire("retry", retry)
            writer.wire("max_interruptions", maxInterruptions)
            writer.wire("owner", owner)
            writer.wire("owner_pid", ownerPid)
            writer.wire("ttl_ms", ttl)
            writer.wire("steps", steps)
            writer.wire("max_bytes", maxBytes)
            writer.wire("parent", parent)
            writer.wire("on_parent_close", onParentClose)
            writer.wire("compensates", compensates)
            writer.wire("budget", budget)
            writer.wire("traceparent", traceparent)
        })
    }

    /// What `resume` answers.
    public struct ResumeResult: WireReadable {
        /// The run as it is now.
        public var run: Wire.RunObject
        /// The right to act for the run; null for a closed one.
        public var lease: String?
        /// The number of the lease.
        public var epoch: Int
        /// Whether the run is new.
        public var created: Bool
        /// The checkpoint to go on from.
        public var checkpoint: Wire.CheckpointObject?
        /// What was recorded, oldest first.
        public var steps: [Wire.ReplayedStepObject]
        /// The cursor for `step.list` when not all steps fitted.
        public var more: String?
        /// What a closed run returned.
        public var output: RawJSON?
        /// How a closed run failed.
        public var error: RawJSON?
        /// The run's own span, for what is below it; none when nobody is told of traces.
        public var traceparent: String?
        /// What the lease was taken from.
        public var superseded: RawJSON?

        init(_ reader: WireReader) throws {
            run = try reader.must("run")
            lease = try reader.may("lease")
            epoch = try reader.must("epoch")
            created = try reader.must("created")
            checkpoint = try reader.may("checkpoint")
            steps = try reader.must("steps")
            more = try reader.may("more")
            output = try reader.may("output")
            error = try reader.may("error")
            traceparent = try reader.may("traceparent")
            superseded = try reader.may("superseded")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("ResumeResult", wire))
        }
    }

    /// Makes a run that waits for a worker, or answers with the one that is meant.
    ///
    /// - Parameters:
    ///   - workflow: the code that is to execute it.
    ///   - run: the id of the run. Default: a new one.
    ///   - input: what it is begun with.
    ///   - queue: where it waits. Default: default.
    ///   - priority: higher ones go first. Default: 0.
    ///   - delay: how long it waits before a worker may have it.
    ///   - startAt: the same as a date.
    ///   - dedupKey: while a run with this key is open in the queue, it is this run.
    ///   - ifDuplicate: whether that run is answered, or gives way to this one unless a worker has had it.
    ///   Default: return.
    ///   - concurrencyKey: runs of one key share the queue's `key_concurrency`.
    ///   - scheduleToStart: when no worker has claimed it by then, it fails.
    ///   - ifClosed: what to do with a closed run of this id. Default: return.
    ///   - codeVersion: only a worker of this version may have it.
    ///   - retry: when the run as a whole is tried again. Default: never.
    ///   - maxInterruptions: deaths without progress before the run is paused. Default: 10.
    ///   - tags: names to find it by.
    ///   - metadata: anything its author wants to note.
    ///   - deadlineAt: when it must be closed.
    ///   - parent: the run that it belongs to.
    ///   - onParentClose: whether it is cancelled when its parent closes. Default: cancel.
    ///   - compensates: whether its workflow undoes what it did when the run is cancelled. Default: false.
    ///   - budget: what it and its children may use up.
    ///   - traceparent: the span of a trace that a new run is below, as W3C Trace Context has it. Default:
    ///   the parent's.
    @discardableResult
    public func runEnqueue(
        workflow: String,
        run: String? = nil,
        input: RawJSON? = nil,
        queue: String? = nil,
        priority: Int? = nil,
        delay: Duration? = nil,
        startAt: Date? = nil,
        dedupKey: String? = nil,
        ifDuplicate: String? = nil,
        concurrencyKey: String? = nil,
        scheduleToStart: Duration? = nil,
        ifClosed: String? = nil,
        codeVersion: String? = nil,
        retry: Wire.RetryObject? = nil,
        maxInterruptions: Int? = nil,
        tags: [String: String]? = nil,
        metadata: RawJSON? = nil,
        deadlineAt: Date? = nil,
        parent: String? = nil,
        onParentClose: String? = nil,
        compensates: Bool? = nil,
        budget: Wire.BudgetObject? = nil,
        traceparent: String? = nil
    ) async throws -> RunEnqueueResult {
        try RunEnqueueResult(try await call("run.enqueue", mayResend: false) { writer in
            writer.wire("run", run)
            writer.wire("workflow", workflow)
            writer.wire("input", input)
            writer.wire("queue", queue)
            writer.wire("priority", priority)
            writer.wire("delay_ms", delay)
            writer.wire("start_at", startAt)
            writer.wire("dedup_key", dedupKey)
            writer.wire("if_duplicate", ifDuplicate)
            writer.wire("concurrency_key", concurrencyKey)
            writer.wire("schedule_to_start_ms", scheduleToStart)
            writer.wire("if_closed", ifClosed)
            writer.wire("code_version", codeVersion)
            writer.wire("retry", retry)
            writer.wire("max_interruptions", maxInterruptions)
            writer.wire("tags", tags)
            writer.wire("metadata", metadata)
            writer.wire("deadline_at", deadlineAt)
            writer.wire("parent", parent)
            writer.wire("on_parent_close", onParentClose)
            writer.wire("compensates", compensates)
            writer.wire("budget", budget)
            writer.wire("traceparent", traceparent)
        })
    }

    /// What `run.enqueue` answers.
    public struct RunEnqueueResult: WireReadable {
        /// The run as it is now.
        public var run: Wire.RunObject
        /// Whether this call made it, or opened it again.
        public var created: Bool

        init(_ reader: WireReader) throws {
            run = try reader.must("run")
            created = try reader.must("created")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("RunEnqueueResult", wire))
        }
    }
}
