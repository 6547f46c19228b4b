// swift-format-ignore-file
// Generated from the method table by `make generate`; do not edit.
import FoundationEssentials
import SidestepProtocol

extension Wire {
    /// Says what became of an unknown step.
    ///
    /// - Parameters:
    ///   - run: the id of the run.
    ///   - step: the name of the step.
    ///   - `as`: the verdict: rerun, completed or failed.
    ///   - output: what it returned, with `completed`.
    ///   - error: how it failed, with `failed`.
    @discardableResult
    public func stepResolve(
        run: String,
        step: String,
        `as`: String,
        output: RawJSON? = nil,
        error: RawJSON? = nil
    ) async throws -> StepResolveResult {
        try StepResolveResult(try await call("step.resolve", mayResend: false) { writer in
            writer.wire("run", run)
            writer.wire("step", step)
            writer.wire("as", `as`)
            writer.wire("output", output)
            writer.wire("error", error)
        })
    }

    /// What `step.resolve` answers.
    public struct StepResolveResult: WireReadable {
        /// The name of the step.
        public var step: String
        /// What became of it.
        public var status: String
        /// The last attempt.
        public var attempt: Int
        /// Attempts that failed.
        public var failures: Int?
        /// What it returned.
        public var output: RawJSON?
        /// How it failed.
        public var error: RawJSON?
        /// What its input looked like.
        public var fingerprint: String?
        /// Whether it is never repeated by itself.
        public var atMostOnce: Bool?
        /// Whether it undoes what other steps did.
        public var compensation: Bool?
        /// What it consumed.
        public var usage: RawJSON?
        /// What its author noted.
        public var metadata: RawJSON?
        /// When the last attempt began.
        public var startedAt: Date?
        /// When its result was recorded.
        public var finishedAt: Date?
        /// When the next attempt may begin.
        public var nextAttemptAt: Date?
        /// When this attempt times out.
        public var attemptDeadlineAt: Date?

        init(_ reader: WireReader) throws {
            step = try reader.must("step")
            status = try reader.must("status")
            attempt = try reader.must("attempt")
            failures = try reader.may("failures")
            output = try reader.may("output")
            error = try reader.may("error")
            fingerprint = try reader.may("fingerprint")
            atMostOnce = try reader.may("at_most_once")
            compensation = try reader.may("compensation")
            usage = try reader.may("usage")
            metadata = try reader.may("metadata")
            startedAt = try reader.may("started_at")
            finishedAt = try reader.may("finished_at")
            nextAttemptAt = try reader.may("next_attempt_at")
            attemptDeadlineAt = try reader.may("attempt_deadline_at")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("StepResolveResult", wire))
        }
    }
}
