// swift-format-ignore-file
// Generated from the method table by `make generate`; do not edit.
import FoundationEssentials
import SidestepProtocol

extension Wire {
    /// The protocol's `retry`.
    public struct RetryObject: WireReadable, WireWritable {
        /// Attempts in all; 0 is without limit.
        public var maxAttempts: Int?
        /// The delay after the first failure.
        public var initial: Duration?
        /// What each further delay is multiplied by.
        public var factor: Double?
        /// The longest delay.
        public var max: Duration?
        /// The fraction of a delay that chance adds or takes off.
        public var jitter: Double?
        /// The delays themselves; the last one repeats.
        public var delaysMs: [Int]?
        /// Error types that are tried again, and no others.
        public var retryOn: [String]?
        /// Error types that are never tried again.
        public var failOn: [String]?

        init(_ reader: WireReader) throws {
            maxAttempts = try reader.may("max_attempts")
            initial = try reader.may("initial_ms")
            factor = try reader.may("factor")
            max = try reader.may("max_ms")
            jitter = try reader.may("jitter")
            delaysMs = try reader.may("delays_ms")
            retryOn = try reader.may("retry_on")
            failOn = try reader.may("fail_on")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("RetryObject", wire))
        }

        /// What is left out is not said.
        public init(
            maxAttempts: Int? = nil,
            initial: Duration? = nil,
            factor: Double? = nil,
            max: Duration? = nil,
            jitter: Double? = nil,
            delaysMs: [Int]? = nil,
            retryOn: [String]? = nil,
            failOn: [String]? = nil
        ) {
            self.maxAttempts = maxAttempts
            self.initial = initial
            self.factor = factor
            self.max = max
            self.jitter = jitter
            self.delaysMs = delaysMs
            self.retryOn = retryOn
            self.failOn = failOn
        }

        var wire: RawJSON {
            .object { writer in
                writer.wire("max_attempts", maxAttempts)
                writer.wire("initial_ms", initial)
                writer.wire("factor", factor)
                writer.wire("max_ms", max)
                writer.wire("jitter", jitter)
                writer.wire("delays_ms", delaysMs)
                writer.wire("retry_on", retryOn)
                writer.wire("fail_on", failOn)
            }
        }
    }

    /// The protocol's `budget`.
    public struct BudgetObject: WireReadable, WireWritable {
        /// Tokens sent and received.
        public var tokens: Int?
        /// Tokens sent.
        public var inputTokens: Int?
        /// Tokens received.
        public var outputTokens: Int?
        /// The price, in millionths of the currency.
        public var costMicros: Int?
        /// Calls that are paid for.
        public var calls: Int?
        /// Time with an owner; of the run alone, not of its children.
        public var wall: Duration?

        init(_ reader: WireReader) throws {
            tokens = try reader.may("tokens")
            inputTokens = try reader.may("input_tokens")
            outputTokens = try reader.may("output_tokens")
            costMicros = try reader.may("cost_micros")
            calls = try reader.may("calls")
            wall = try reader.may("wall_ms")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("BudgetObject", wire))
        }

        /// What is left out is not said.
        public init(
            tokens: Int? = nil,
            inputTokens: Int? = nil,
            outputTokens: Int? = nil,
            costMicros: Int? = nil,
            calls: Int? = nil,
            wall: Duration? = nil
        ) {
            self.tokens = tokens
            self.inputTokens = inputTokens
            self.outputTokens = outputTokens
            self.costMicros = costMicros
            self.calls = calls
            self.wall = wall
        }

        var wire: RawJSON {
            .object { writer in
                writer.wire("tokens", tokens)
                writer.wire("input_tokens", inputTokens)
                writer.wire("output_tokens", outputTokens)
                writer.wire("cost_micros", costMicros)
                writer.wire("calls", calls)
                writer.wire("wall_ms", wall)
            }
        }
    }

    /// The protocol's `run`.
    public struct RunObject: WireReadable {
        /// The name of the run.
        public var id: String
        /// The name of this generation; the idempotency key of a step is `<uid>/<step>`.
        public var uid: String
        /// Whose it is.
        public var user: Int?
        /// How often the run was begun anew.
        public var generation: Int
        /// The code that executes it.
        public var workflow: String?
        /// What it is doing.
        public var status: String
        /// Why it is paused.
        public var reason: String?
        /// The attempt of the run as a whole.
        public var attempt: Int
        /// Deaths of owners since the last progress.
        public var interruptions: Int
        /// The number of the last lease.
        public var epoch: Int
        /// Who executes it now.
        public var owner: Wire.OwnerObject?
        /// The version that the last owner gave.
        public var codeVersion: String?
        /// Names to find it by.
        public var tags: [String: String]?
        /// What its author noted.
        public var metadata: RawJSON?
        /// When it must be closed.
        public var deadlineAt: Date?
        /// When its next attempt may begin.
        public var nextAttemptAt: Date?
        /// Where it waits for a worker.
        public var queue: String?
        /// Higher ones go first.
        public var priority: Int?
        /// The run that it belongs to.
        public var parent: String?
        /// What becomes of it when that one closes.
        public var onParentClose: String?
        /// Whether its workflow undoes what it did when it is cancelled.
        public var compensates: Bool?
        /// The request to end.
        public var cancel: RawJSON?
        /// When it was made.
        public var createdAt: Date
        /// When it last changed.
        public var updatedAt: Date
        /// When it was closed.
        public var closedAt: Date?

        init(_ reader: WireReader) throws {
            id = try reader.must("id")
            uid = try reader.must("uid")
            user = try reader.may("user")
            generation = try reader.must("generation")
            workflow = try reader.may("workflow")
            status = try reader.must("status")
            reason = try reader.may("reason")
            attempt = try reader.must("attempt")
            interruptions = try reader.must("interruptions")
            epoch = try reader.must("epoch")
            owner = try reader.may("owner")
            codeVersion = try reader.may("code_version")
            tags = try reader.may("tags")
            metadata = try reader.may("metadata")
            deadlineAt = try reader.may("deadline_at")
            nextAttemptAt = try reader.may("next_attempt_at")
            queue = try reader.may("queue")
            priority = try reader.may("priority")
            parent = try reader.may("parent")
            onParentClose = try reader.may("on_parent_close")
            compensates = try reader.may("compensates")
            cancel = try reader.may("cancel")
            createdAt = try reader.must("created_at")
            updatedAt = try reader.must("updated_at")
            closedAt = try reader.may("closed_at")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("RunObject", wire))
        }
    }

    /// The protocol's `owner`.
    public struct OwnerObject: WireReadable {
        /// What keeps the lease alive.
        public var kind: String
        /// The process.
        public var pid: Int?
        /// Its user.
        public var uid: Int?
        /// When the lease was granted.
        public var sinceAt: Date?

        init(_ reader: WireReader) throws {
            kind = try reader.must("kind")
            pid = try reader.may("pid")
            uid = try reader.may("uid")
            sinceAt = try reader.may("since_at")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("OwnerObject", wire))
        }
    }

    /// The protocol's `checkpoint`.
    public struct CheckpointObject: WireReadable {
        /// Its id, made by the daemon.
        public var checkpoint: String
        /// The run it belongs to.
        public var run: String
        /// Its number: it grows with every checkpoint of the daemon.
        public var sequence: Int
        /// What its author called it.
        public var name: String?
        /// The step number its author gave.
        public var stepNumber: Int?
        /// The saved state.
        public var state: RawJSON?
        /// The saved tool results.
        public var toolResults: RawJSON?
        /// What its author noted.
        public var metadata: RawJSON?
        /// Messages in its history.
        public var messageCount: Int
        /// When it was saved.
        public var createdAt: Date

        init(_ reader: WireReader) throws {
            checkpoint = try reader.must("checkpoint")
            run = try reader.must("run")
            sequence = try reader.must("sequence")
            name = try reader.may("name")
            stepNumber = try reader.may("step_number")
            state = try reader.may("state")
            toolResults = try reader.may("tool_results")
            metadata = try reader.may("metadata")
            messageCount = try reader.must("message_count")
            createdAt = try reader.must("created_at")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("CheckpointObject", wire))
        }
    }
}
