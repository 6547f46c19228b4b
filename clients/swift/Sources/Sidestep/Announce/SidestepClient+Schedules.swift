import FoundationEssentials
import SidestepProtocol

/// When a schedule starts a run, and with what.
public struct ScheduleOptions: Sendable {
    /// What to do when the run before is still open.
    public enum Overlap: String, Sendable { case skip, queue, allow }

    /// The zone whose clocks a cron rule means, by its IANA name. Default UTC.
    public var timeZone: String?
    /// Default: skip.
    public var overlap: Overlap?
    /// How late a run may still be started. Default 60 s.
    public var catchUp: Duration?
    /// The longest delay of a run; the same for a due time at every look. Default none.
    public var jitter: Duration?
    /// The first possible due time.
    public var start: Date?
    /// The last possible due time.
    public var end: Date?
    /// Whether it starts nothing by itself. Default false.
    public var isPaused: Bool?
    /// Where its runs wait for a worker.
    public var queue: String?
    /// Higher ones are claimed first. Default 0.
    public var priority: Int?
    /// Tags of its runs.
    public var tags: [String: String]?
    /// Metadata of its runs.
    public var metadata: RawJSON?
    /// The policy of each run as a whole.
    public var retry: RetryPolicy?
    /// Only a worker of this version may execute its runs.
    public var codeVersion: String?

    /// All of it as is usual.
    public init() {}

    /// The defaults, changed by `change`: `.with { $0.timeZone = "Europe/Berlin" }`.
    public static func with(_ change: (inout ScheduleOptions) -> Void) -> ScheduleOptions {
        var options = ScheduleOptions()
        change(&options)
        return options
    }

    func write(to writer: inout JSONWriter) {
        writer.member("time_zone", timeZone)
        writer.member("overlap", overlap?.rawValue)
        writer.member("catch_up_ms", catchUp?.milliseconds)
        writer.member("jitter_ms", jitter?.milliseconds)
        writer.member("start_at", start?.milliseconds)
        writer.member("end_at", end?.milliseconds)
        writer.member("paused", isPaused)
        writer.member("queue", queue)
        writer.member("priority", priority)
        if let tags { writer.object("tags") { tags.write(to: &$0) } }
        writer.member("metadata", metadata)
        writer.member("retry", retry?.json)
        writer.member("code_version", codeVersion)
    }
}

/// A rule that starts runs, as the daemon has it.
public struct Schedule: Sendable {
    /// Its name.
    public let name: String
    /// What its runs execute.
    public let workflow: String
    /// Whether it starts nothing by itself now.
    public let isPaused: Bool
    /// The coming due times.
    public let next: [Date]
    /// The last run, as long as there is one.
    public let lastRun: String?
    /// Runs it has started.
    public let fired: Int
    /// Due times left out because a run was open.
    public let skipped: Int
    /// Due times that nobody was there for.
    public let missed: Int
    /// Everything the daemon said of it.
    public let json: RawJSON

    init(_ json: RawJSON) {
        self.json = json
        name = json["schedule"]?.string ?? ""
        workflow = json["workflow"]?.string ?? ""
        isPaused = json["paused"]?.bool ?? false
        next = json["next_at"]?.elements.compactMap(\.date) ?? []
        lastRun = json["last_run"]?.string
        fired = json["fired"]?.int ?? 0
        skipped = json["skipped"]?.int ?? 0
        missed = json["missed"]?.int ?? 0
    }
}

extension SidestepClient {
    /// Rules that start runs for workers.
    ///
    ///     try await sidestep.schedules.put("nightly", workflow: "report", cron: "0 2 * * MON-FRI")
    public struct Schedules: Sendable {
        let client: SidestepClient

        /// Makes a schedule by a cron rule, or changes the one of that name.
        @discardableResult
        public func put(
            _ name: String, workflow: String, cron: String, input: (any Encodable & Sendable)? = nil,
            options: ScheduleOptions = .init()
        ) async throws -> Schedule {
            try await put(name, workflow, input, options) { $0.member("cron", cron) }
        }

        /// Makes a schedule by an interval of at least a second, or changes the one of that name.
        @discardableResult
        public func put(
            _ name: String, workflow: String, every: Duration, input: (any Encodable & Sendable)? = nil,
            options: ScheduleOptions = .init()
        ) async throws -> Schedule {
            try await put(name, workflow, input, options) { $0.member("every_ms", every.milliseconds) }
        }

        private func put(
            _ name: String, _ workflow: String, _ input: (any Encodable & Sendable)?,
            _ options: ScheduleOptions, _ rule: (inout JSONWriter) -> Void
        ) async throws -> Schedule {
            let input = try input.map { try client.payloads.encode($0) }
            return try await one("schedule.put") { writer in
                writer.member("schedule", name)
                writer.member("workflow", workflow)
                rule(&writer)
                writer.member("input", input)
                options.write(to: &writer)
            }
        }

        /// A schedule with its next five due times.
        public func get(_ name: String) async throws -> Schedule {
            try await one("schedule.get") { $0.member("schedule", name) }
        }

        /// All schedules, the oldest first, each with its next due time.
        public func list() async throws -> [Schedule] {
            var found: [Schedule] = []
            var cursor: RawJSON?
            repeat {
                let page = try await client.call("schedule.list") { $0.member("cursor", cursor) }
                found += (page["schedules"]?.elements ?? []).map(Schedule.init)
                cursor = page.present("more")
            } while cursor != nil
            return found
        }

        /// Stops a schedule.
        @discardableResult
        public func pause(_ name: String) async throws -> Schedule { try await pause(name, true) }

        /// Lets a schedule go on with the due times to come.
        @discardableResult
        public func unpause(_ name: String) async throws -> Schedule { try await pause(name, false) }

        private func pause(_ name: String, _ isPaused: Bool) async throws -> Schedule {
            try await one("schedule.pause") { writer in
                writer.member("schedule", name)
                writer.member("paused", isPaused)
            }
        }

        /// Starts a run now, even of a paused schedule or beside an open run.
        ///
        /// - Parameter run: the id of the run; asked for again, it is the same run.
        /// - Returns: the id of the run.
        @discardableResult
        public func trigger(
            _ name: String, run: String? = nil, input: (any Encodable & Sendable)? = nil
        ) async throws -> String {
            let input = try input.map { try client.payloads.encode($0) }
            // Without an id a second copy of the call would be a second run.
            let result = try await client.call("schedule.trigger", mayResend: run != nil) { writer in
                writer.member("schedule", name)
                writer.member("run", run)
                writer.member("input", input)
            }
            return result["run"]?["id"]?.string ?? ""
        }

        /// Removes a schedule; its runs stay. Returns whether there was one.
        @discardableResult
        public func delete(_ name: String) async throws -> Bool {
            try await client.call("schedule.delete") { $0.member("schedule", name) }["deleted"]?.bool ?? false
        }

        private func one(_ method: String, _ write: (inout JSONWriter) -> Void) async throws -> Schedule {
            Schedule(try await client.call(method, write)["schedule"] ?? .null)
        }
    }

    /// Rules that start runs.
    public var schedules: Schedules { Schedules(client: self) }
}
