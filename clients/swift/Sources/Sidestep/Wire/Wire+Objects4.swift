// swift-format-ignore-file
// Generated from the method table by `make generate`; do not edit.
import FoundationEssentials
import SidestepProtocol

extension Wire {
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

    /// The protocol's `breaker`.
    public struct BreakerObject: WireReadable {
        /// The name of the breaker.
        public var breaker: String
        /// Whether it is everybody's: an administrator put it.
        public var shared: Bool
        /// Whose it is, if not everybody's.
        public var user: Int?
        /// Whether calls are let through.
        public var state: String
        /// Failures in a row.
        public var failures: Int
        /// How many of them open it.
        public var maxFailures: Int
        /// How long it stays open.
        public var cooldown: Duration
        /// When it opened.
        public var openedAt: Date?

        init(_ reader: WireReader) throws {
            breaker = try reader.must("breaker")
            shared = try reader.must("shared")
            user = try reader.may("user")
            state = try reader.must("state")
            failures = try reader.must("failures")
            maxFailures = try reader.must("max_failures")
            cooldown = try reader.must("cooldown_ms")
            openedAt = try reader.may("opened_at")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("BreakerObject", wire))
        }
    }

    /// The protocol's `schedule`.
    public struct ScheduleObject: WireReadable {
        /// Its name.
        public var schedule: String
        /// Whose it is.
        public var user: Int?
        /// The workflow of its runs.
        public var workflow: String
        /// Five fields as in crontab(5), or @daily and the like.
        public var cron: String?
        /// The interval; one of `cron` and `every_ms`.
        public var every: Duration?
        /// The IANA name of the zone whose clocks `cron` means.
        public var timeZone: String?
        /// What its runs are begun with.
        public var input: RawJSON?
        /// The queue of its runs.
        public var queue: String?
        /// The priority of its runs.
        public var priority: Int?
        /// What to do when the run before is still open.
        public var overlap: String?
        /// How late a run may still be started.
        public var catchUp: Duration?
        /// The longest delay of a run, always the same for a due time.
        public var jitter: Duration?
        /// The first possible due time; intervals are counted from it.
        public var startAt: Date?
        /// The last possible due time.
        public var endAt: Date?
        /// Whether it starts nothing by itself.
        public var paused: Bool?
        /// Tags of its runs.
        public var tags: [String: String]?
        /// Metadata of its runs.
        public var metadata: RawJSON?
        /// When a run of it as a whole is tried again.
        public var retry: Wire.RetryObject?
        /// The version of the code that may execute its runs.
        public var codeVersion: String?
        /// What each run may use up.
        public var budget: Wire.BudgetObject?
        /// The coming due times.
        public var nextAt: [Int]
        /// A due time that waits for an open run.
        public var waitingAt: Date?
        /// The last due time.
        public var lastAt: Date?
        /// The last run, as long as there is one.
        public var lastRun: String?
        /// Runs it has started.
        public var fired: Int
        /// Due times left out because a run was open.
        public var skipped: Int
        /// Due times nobody was there for.
        public var missed: Int
        /// Why the daemon paused it.
        public var problem: String?
        /// When it was made.
        public var createdAt: Date
        /// When it was last changed.
        public var updatedAt: Date

        init(_ reader: WireReader) throws {
            schedule = try reader.must("schedule")
            user = try reader.may("user")
            workflow = try reader.must("workflow")
            cron = try reader.may("cron")
            every = try reader.may("every_ms")
            timeZone = try reader.may("time_zone")
            input = try reader.may("input")
            queue = try reader.may("queue")
            priority = try reader.may("priority")
            overlap = try reader.may("overlap")
            catchUp = try reader.may("catch_up_ms")
            jitter = try reader.may("jitter_ms")
            startAt = try reader.may("start_at")
            endAt = try reader.may("end_at")
            paused = try reader.may("paused")
            tags = try reader.may("tags")
            metadata = try reader.may("metadata")
            retry = try reader.may("retry")
            codeVersion = try reader.may("code_version")
            budget = try reader.may("budget")
            nextAt = try reader.must("next_at")
            waitingAt = try reader.may("waiting_at")
            lastAt = try reader.may("last_at")
            lastRun = try reader.may("last_run")
            fired = try reader.must("fired")
            skipped = try reader.must("skipped")
            missed = try reader.must("missed")
            problem = try reader.may("problem")
            createdAt = try reader.must("created_at")
            updatedAt = try reader.must("updated_at")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("ScheduleObject", wire))
        }
    }
}
