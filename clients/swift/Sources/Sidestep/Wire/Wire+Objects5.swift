// swift-format-ignore-file
// Generated from the method table by `make generate`; do not edit.
import FoundationEssentials
import SidestepProtocol

extension Wire {
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

    /// The protocol's `stream`.
    public struct StreamObject: WireReadable {
        /// Its name.
        public var stream: String
        /// The number of items there were.
        public var next: Int
        /// Whether nothing follows.
        public var closed: Bool
        /// Whether its items were dropped.
        public var compacted: Bool
        /// When it was opened.
        public var openedAt: Date
        /// When it was closed.
        public var closedAt: Date?

        init(_ reader: WireReader) throws {
            stream = try reader.must("stream")
            next = try reader.must("next")
            closed = try reader.must("closed")
            compacted = try reader.must("compacted")
            openedAt = try reader.must("opened_at")
            closedAt = try reader.may("closed_at")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("StreamObject", wire))
        }
    }

    /// The protocol's `artifact`.
    public struct ArtifactObject: WireReadable {
        /// Its name.
        public var artifact: String
        /// The run it is attached to.
        public var run: String
        /// From 1, per run and name.
        public var version: Int
        /// What it is.
        public var type: String
        /// Its text or value.
        public var content: RawJSON?
        /// Where a file is on this host.
        public var path: String?
        /// What it is about.
        public var description: String?
        /// When it was attached.
        public var createdAt: Date

        init(_ reader: WireReader) throws {
            artifact = try reader.must("artifact")
            run = try reader.must("run")
            version = try reader.must("version")
            type = try reader.must("type")
            content = try reader.may("content")
            path = try reader.may("path")
            description = try reader.may("description")
            createdAt = try reader.must("created_at")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("ArtifactObject", wire))
        }
    }

    /// The protocol's `event`.
    public struct EventObject: WireReadable {
        /// Its place.
        public var sequence: Int
        /// Its name.
        public var event: String
        /// What there is to say.
        public var value: RawJSON?
        /// The run it belongs to.
        public var run: String?
        /// The sender's name of it.
        public var eventId: String?
        /// When it was announced.
        public var at: Int

        init(_ reader: WireReader) throws {
            sequence = try reader.must("sequence")
            event = try reader.must("event")
            value = try reader.may("value")
            run = try reader.may("run")
            eventId = try reader.may("event_id")
            at = try reader.must("at")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("EventObject", wire))
        }
    }

    /// The protocol's `webhook`.
    public struct WebhookObject: WireReadable {
        /// Its name.
        public var webhook: String
        /// Whose it is.
        public var user: Int?
        /// Where events are sent by POST: http or https.
        public var url: String
        /// Names of events; with a * at its end, all that begin so.
        public var events: [String]
        /// The name of the credential that signs.
        public var secret: String?
        /// Further headers; they are stored as they are.
        public var headers: [String: String]?
        /// Whether deliveries wait.
        public var paused: Bool?
        /// Attempts before a delivery is dead.
        public var maxAttempts: Int?
        /// When it was made.
        public var createdAt: Date
        /// When it was last changed.
        public var updatedAt: Date

        init(_ reader: WireReader) throws {
            webhook = try reader.must("webhook")
            user = try reader.may("user")
            url = try reader.must("url")
            events = try reader.must("events")
            secret = try reader.may("secret")
            headers = try reader.may("headers")
            paused = try reader.may("paused")
            maxAttempts = try reader.may("max_attempts")
            createdAt = try reader.must("created_at")
            updatedAt = try reader.must("updated_at")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("WebhookObject", wire))
        }
    }
}
