// swift-format-ignore-file
// Generated from the method table by `make generate`; do not edit.
import FoundationEssentials
import SidestepProtocol

extension Wire {
    /// The protocol's `step_in_flight`.
    public struct StepInFlightObject: WireReadable {
        /// The run.
        public var run: String
        /// The code that executes the run.
        public var workflow: String?
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
            run = try reader.must("run")
            workflow = try reader.may("workflow")
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
            try self.init(WireReader("StepInFlightObject", wire))
        }
    }

    /// The protocol's `messages`.
    public struct MessagesObject: WireReadable, WireWritable {
        /// How many messages of the current history stay; goes with `append`.
        public var keep: Int?
        /// The messages that follow them.
        public var append: [RawJSON]?
        /// The whole history; the common beginning is found by the daemon.
        public var all: [RawJSON]?

        init(_ reader: WireReader) throws {
            keep = try reader.may("keep")
            append = try reader.may("append")
            all = try reader.may("all")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("MessagesObject", wire))
        }

        /// What is left out is not said.
        public init(
            keep: Int? = nil,
            append: [RawJSON]? = nil,
            all: [RawJSON]? = nil
        ) {
            self.keep = keep
            self.append = append
            self.all = all
        }

        var wire: RawJSON {
            .object { writer in
                writer.wire("keep", keep)
                writer.wire("append", append)
                writer.wire("all", all)
            }
        }
    }

    /// The protocol's `signal`.
    public struct SignalObject: WireReadable {
        /// The name of the signal.
        public var signal: String
        /// What it says.
        public var value: RawJSON?
        /// The id of the message.
        public var messageId: String
        /// When it was sent.
        public var sentAt: Date
        /// The user who sent it.
        public var uid: Int
        /// The step whose wait it ended.
        public var consumedBy: String?
        /// When.
        public var consumedAt: Date?

        init(_ reader: WireReader) throws {
            signal = try reader.must("signal")
            value = try reader.may("value")
            messageId = try reader.must("message_id")
            sentAt = try reader.must("sent_at")
            uid = try reader.must("uid")
            consumedBy = try reader.may("consumed_by")
            consumedAt = try reader.may("consumed_at")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("SignalObject", wire))
        }
    }

    /// The protocol's `promise`.
    public struct PromiseObject: WireReadable {
        /// The name of the promise.
        public var promise: String
        /// Whether it is settled, and how.
        public var status: String
        /// What it was resolved with.
        public var value: RawJSON?
        /// What it was rejected with.
        public var error: RawJSON?
        /// What its author noted.
        public var metadata: RawJSON?
        /// When it was made.
        public var createdAt: Date
        /// When it was settled.
        public var settledAt: Date?
        /// The user who settled it.
        public var settledBy: Int?

        init(_ reader: WireReader) throws {
            promise = try reader.must("promise")
            status = try reader.must("status")
            value = try reader.may("value")
            error = try reader.may("error")
            metadata = try reader.may("metadata")
            createdAt = try reader.must("created_at")
            settledAt = try reader.may("settled_at")
            settledBy = try reader.may("settled_by")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("PromiseObject", wire))
        }
    }

    /// The protocol's `rate`.
    public struct RateObject: WireReadable, WireWritable {
        /// How many.
        public var count: Int
        /// In how many milliseconds.
        public var per: Duration
        /// How many at once after a quiet time.
        public var burst: Int?

        init(_ reader: WireReader) throws {
            count = try reader.must("count")
            per = try reader.must("per_ms")
            burst = try reader.may("burst")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("RateObject", wire))
        }

        /// What is left out is not said.
        public init(
            count: Int,
            per: Duration,
            burst: Int? = nil
        ) {
            self.count = count
            self.per = per
            self.burst = burst
        }

        var wire: RawJSON {
            .object { writer in
                writer.wire("count", count)
                writer.wire("per_ms", per)
                writer.wire("burst", burst)
            }
        }
    }

    /// The protocol's `queue`.
    public struct QueueObject: WireReadable {
        /// The name of the queue.
        public var queue: String
        /// Whose it is.
        public var user: Int?
        /// Whether nothing is handed out.
        public var paused: Bool
        /// Runs at once.
        public var concurrency: Int?
        /// Runs of one key at once.
        public var keyConcurrency: Int?
        /// How many runs may begin in a span of time.
        public var rate: Wire.RateObject?
        /// Runs that wait.
        public var queued: Int
        /// Runs that have an owner.
        public var running: Int

        init(_ reader: WireReader) throws {
            queue = try reader.must("queue")
            user = try reader.may("user")
            paused = try reader.must("paused")
            concurrency = try reader.may("concurrency")
            keyConcurrency = try reader.may("key_concurrency")
            rate = try reader.may("rate")
            queued = try reader.must("queued")
            running = try reader.must("running")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("QueueObject", wire))
        }
    }

    /// The protocol's `limit`.
    public struct LimitObject: WireReadable {
        /// The name of the limit.
        public var limit: String
        /// Whether it is everybody's: an administrator put it.
        public var shared: Bool
        /// Whose it is, if not everybody's.
        public var user: Int?
        /// Steps at once.
        public var concurrency: Int?
        /// Steps begun in a span of time.
        public var rate: Wire.RateObject?
        /// Steps that hold it.
        public var running: Int

        init(_ reader: WireReader) throws {
            limit = try reader.must("limit")
            shared = try reader.must("shared")
            user = try reader.may("user")
            concurrency = try reader.may("concurrency")
            rate = try reader.may("rate")
            running = try reader.must("running")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("LimitObject", wire))
        }
    }
}
