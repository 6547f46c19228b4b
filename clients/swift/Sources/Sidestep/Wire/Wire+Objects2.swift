// swift-format-ignore-file
// Generated from the method table by `make generate`; do not edit.
import FoundationEssentials
import SidestepProtocol

extension Wire {
    /// The protocol's `replayed_step`.
    public struct ReplayedStepObject: WireReadable {
        /// The name of the step.
        public var step: String
        /// What became of it.
        public var status: String
        /// The last attempt.
        public var attempt: Int
        /// What it returned.
        public var output: RawJSON?
        /// How it failed.
        public var error: RawJSON?
        /// What its input looked like.
        public var fingerprint: String?
        /// When the next attempt may begin.
        public var nextAttemptAt: Date?

        init(_ reader: WireReader) throws {
            step = try reader.must("step")
            status = try reader.must("status")
            attempt = try reader.must("attempt")
            output = try reader.may("output")
            error = try reader.may("error")
            fingerprint = try reader.may("fingerprint")
            nextAttemptAt = try reader.may("next_attempt_at")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("ReplayedStepObject", wire))
        }
    }

    /// The protocol's `lineage`.
    public struct LineageObject: WireReadable {
        /// The source.
        public var run: String
        /// Its generation.
        public var generation: Int
        /// The step that is executed again.
        public var step: String?
        /// The checkpoint it goes on from.
        public var checkpoint: String?
        /// The recorded call that is made again.
        public var recording: Int?
        /// True where it begins with what failed.
        public var fromFailed: Bool?

        init(_ reader: WireReader) throws {
            run = try reader.must("run")
            generation = try reader.must("generation")
            step = try reader.may("step")
            checkpoint = try reader.may("checkpoint")
            recording = try reader.may("recording")
            fromFailed = try reader.may("from_failed")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("LineageObject", wire))
        }
    }

    /// The protocol's `journal_entry`.
    public struct JournalEntryObject: WireReadable {
        /// Its place in the journal.
        public var sequence: Int
        /// When it happened.
        public var at: Int
        /// What happened.
        public var kind: String
        /// The step it happened to.
        public var step: String?
        /// The attempt.
        public var attempt: Int?
        /// What else is known.
        public var detail: RawJSON?

        init(_ reader: WireReader) throws {
            sequence = try reader.must("sequence")
            at = try reader.must("at")
            kind = try reader.must("kind")
            step = try reader.may("step")
            attempt = try reader.may("attempt")
            detail = try reader.may("detail")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("JournalEntryObject", wire))
        }
    }

    /// The protocol's `timeouts`.
    public struct TimeoutsObject: WireReadable, WireWritable {
        /// The longest time of one attempt.
        public var startToClose: Duration?
        /// The longest time of all attempts and delays.
        public var scheduleToClose: Duration?
        /// The longest time between two heartbeats.
        public var heartbeat: Duration?

        init(_ reader: WireReader) throws {
            startToClose = try reader.may("start_to_close_ms")
            scheduleToClose = try reader.may("schedule_to_close_ms")
            heartbeat = try reader.may("heartbeat_ms")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("TimeoutsObject", wire))
        }

        /// What is left out is not said.
        public init(
            startToClose: Duration? = nil,
            scheduleToClose: Duration? = nil,
            heartbeat: Duration? = nil
        ) {
            self.startToClose = startToClose
            self.scheduleToClose = scheduleToClose
            self.heartbeat = heartbeat
        }

        var wire: RawJSON {
            .object { writer in
                writer.wire("start_to_close_ms", startToClose)
                writer.wire("schedule_to_close_ms", scheduleToClose)
                writer.wire("heartbeat_ms", heartbeat)
            }
        }
    }

    /// The protocol's `reserve`.
    public struct ReserveObject: WireReadable, WireWritable {
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

        init(_ reader: WireReader) throws {
            tokens = try reader.may("tokens")
            inputTokens = try reader.may("input_tokens")
            outputTokens = try reader.may("output_tokens")
            costMicros = try reader.may("cost_micros")
            calls = try reader.may("calls")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("ReserveObject", wire))
        }

        /// What is left out is not said.
        public init(
            tokens: Int? = nil,
            inputTokens: Int? = nil,
            outputTokens: Int? = nil,
            costMicros: Int? = nil,
            calls: Int? = nil
        ) {
            self.tokens = tokens
            self.inputTokens = inputTokens
            self.outputTokens = outputTokens
            self.costMicros = costMicros
            self.calls = calls
        }

        var wire: RawJSON {
            .object { writer in
                writer.wire("tokens", tokens)
                writer.wire("input_tokens", inputTokens)
                writer.wire("output_tokens", outputTokens)
                writer.wire("cost_micros", costMicros)
                writer.wire("calls", calls)
            }
        }
    }

    /// The protocol's `exec`.
    public struct ExecObject: WireReadable, WireWritable {
        /// The program and its arguments; no shell reads them.
        public var argv: [String]
        /// Variables beside those of the daemon; {credential:NAME} stands for a secret of the daemon.
        public var env: RawJSON?
        /// The directory it runs in.
        public var cwd: String?
        /// What it reads.
        public var stdin: String?
        /// How long it may run.
        public var timeout: Duration?
        /// How much of each output is kept; of more, the end.
        public var maxOutputBytes: Int?
        /// The time between SIGTERM and SIGKILL.
        public var killGrace: Duration?

        init(_ reader: WireReader) throws {
            argv = try reader.must("argv")
            env = try reader.may("env")
            cwd = try reader.may("cwd")
            stdin = try reader.may("stdin")
            timeout = try reader.may("timeout_ms")
            maxOutputBytes = try reader.may("max_output_bytes")
            killGrace = try reader.may("kill_grace_ms")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("ExecObject", wire))
        }

        /// What is left out is not said.
        public init(
            argv: [String],
            env: RawJSON? = nil,
            cwd: String? = nil,
            stdin: String? = nil,
            timeout: Duration? = nil,
            maxOutputBytes: Int? = nil,
            killGrace: Duration? = nil
        ) {
            self.argv = argv
            self.env = env
            self.cwd = cwd
            self.stdin = stdin
            self.timeout = timeout
            self.maxOutputBytes = maxOutputBytes
            self.killGrace = killGrace
        }

        var wire: RawJSON {
            .object { writer in
                writer.wire("argv", argv)
                writer.wire("env", env)
                writer.wire("cwd", cwd)
                writer.wire("stdin", stdin)
                writer.wire("timeout_ms", timeout)
                writer.wire("max_output_bytes", maxOutputBytes)
                writer.wire("kill_grace_ms", killGrace)
            }
        }
    }
}
