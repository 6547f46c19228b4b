// swift-format-ignore-file
// Generated from the method table by `make generate`; do not edit.
import FoundationEssentials
import SidestepProtocol

extension Wire {
    /// Makes a schedule, or changes it to what is said now.
    ///
    /// - Parameters:
    ///   - schedule: the name of the schedule.
    ///   - workflow: the workflow of its runs.
    ///   - cron: five fields as in crontab(5), or @daily and the like.
    ///   - every: the interval; one of `cron` and `every_ms`.
    ///   - timeZone: the IANA name of the zone whose clocks `cron` means. Default: UTC.
    ///   - input: what its runs are begun with.
    ///   - queue: the queue of its runs. Default: default.
    ///   - priority: the priority of its runs. Default: 0.
    ///   - overlap: what to do when the run before is still open. Default: skip.
    ///   - catchUp: how late a run may still be started. Default: 60000.
    ///   - jitter: the longest delay of a run, always the same for a due time. Default: 0.
    ///   - startAt: the first possible due time; intervals are counted from it.
    ///   - endAt: the last possible due time.
    ///   - paused: whether it starts nothing by itself. Default: false.
    ///   - tags: tags of its runs.
    ///   - metadata: metadata of its runs.
    ///   - retry: when a run of it as a whole is tried again.
    ///   - codeVersion: the version of the code that may execute its runs.
    ///   - budget: what each run may use up.
    @discardableResult
    public func schedulePut(
        schedule: String,
        workflow: String,
        cron: String? = nil,
        every: Duration? = nil,
        timeZone: String? = nil,
        input: RawJSON? = nil,
        queue: String? = nil,
        priority: Int? = nil,
        overlap: String? = nil,
        catchUp: Duration? = nil,
        jitter: Duration? = nil,
        startAt: Date? = nil,
        endAt: Date? = nil,
        paused: Bool? = nil,
        tags: [String: String]? = nil,
        metadata: RawJSON? = nil,
        retry: Wire.RetryObject? = nil,
        codeVersion: String? = nil,
        budget: Wire.BudgetObject? = nil
    ) async throws -> SchedulePutResult {
        try SchedulePutResult(try await call("schedule.put", mayResend: false) { writer in
            writer.wire("schedule", schedule)
            writer.wire("workflow", workflow)
            writer.wire("cron", cron)
            writer.wire("every_ms", every)
            writer.wire("time_zone", timeZone)
            writer.wire("input", input)
            writer.wire("queue", queue)
            writer.wire("priority", priority)
            writer.wire("overlap", overlap)
            writer.wire("catch_up_ms", catchUp)
            writer.wire("jitter_ms", jitter)
            writer.wire("start_at", startAt)
            writer.wire("end_at", endAt)
            writer.wire("paused", paused)
            writer.wire("tags", tags)
            writer.wire("metadata", metadata)
            writer.wire("retry", retry)
            writer.wire("code_version", codeVersion)
            writer.wire("budget", budget)
        })
    }

    /// What `schedule.put` answers.
    public struct SchedulePutResult: WireReadable {
        /// The schedule as it is now.
        public var schedule: Wire.ScheduleObject

        init(_ reader: WireReader) throws {
            schedule = try reader.must("schedule")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("SchedulePutResult", wire))
        }
    }

    /// Returns a schedule with its next five due times.
    ///
    /// - Parameters:
    ///   - schedule: the name of the schedule.
    @discardableResult
    public func scheduleGet(
        schedule: String
    ) async throws -> ScheduleGetResult {
        try ScheduleGetResult(try await call("schedule.get", mayResend: true) { writer in
            writer.wire("schedule", schedule)
        })
    }

    /// What `schedule.get` answers.
    public struct ScheduleGetResult: WireReadable {
        /// The schedule as it is now.
        public var schedule: Wire.ScheduleObject

        init(_ reader: WireReader) throws {
            schedule = try reader.must("schedule")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("ScheduleGetResult", wire))
        }
    }

    /// Lists schedules, the oldest first, each with its next due time.
    ///
    /// - Parameters:
    ///   - limit: schedules on a page. Default: 100.
    ///   - cursor: `more` of the page before.
    @discardableResult
    public func scheduleList(
        limit: Int? = nil,
        cursor: String? = nil
    ) async throws -> ScheduleListResult {
        try ScheduleListResult(try await call("schedule.list", mayResend: true) { writer in
            writer.wire("limit", limit)
            writer.wire("cursor", cursor)
        })
    }

    /// What `schedule.list` answers.
    public struct ScheduleListResult: WireReadable {
        /// The schedules.
        public var schedules: [Wire.ScheduleObject]
        /// The cursor of the next page.
        public var more: String?

        init(_ reader: WireReader) throws {
            schedules = try reader.must("schedules")
            more = try reader.may("more")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("ScheduleListResult", wire))
        }
    }

    /// Removes a schedule; its runs stay.
    ///
    /// - Parameters:
    ///   - schedule: the name of the schedule.
    @discardableResult
    public func scheduleDelete(
        schedule: String
    ) async throws -> ScheduleDeleteResult {
        try ScheduleDeleteResult(try await call("schedule.delete", mayResend: false) { writer in
            writer.wire("schedule", schedule)
        })
    }

    /// What `schedule.delete` answers.
    public struct ScheduleDeleteResult: WireReadable {
        /// Whether there was one.
        public var deleted: Bool

        init(_ reader: WireReader) throws {
            deleted = try reader.must("deleted")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("ScheduleDeleteResult", wire))
        }
    }

    /// Stops a schedule, or lets it go on with the due times to come.
    ///
    /// - Parameters:
    ///   - schedule: the name of the schedule.
    ///   - paused: false lets it go on. Default: true.
    @discardableResult
    public func schedulePause(
        schedule: String,
        paused: Bool? = nil
    ) async throws -> SchedulePauseResult {
        try SchedulePauseResult(try await call("schedule.pause", mayResend: false) { writer in
            writer.wire("schedule", schedule)
            writer.wire("paused", paused)
        })
    }

    /// What `schedule.pause` answers.
    public struct SchedulePauseResult: WireReadable {
        /// The schedule as it is now.
        public var schedule: Wire.ScheduleObject

        init(_ reader: WireReader) throws {
            schedule = try reader.must("schedule")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("SchedulePauseResult", wire))
        }
    }

    /// Starts a run now, even of a paused schedule or beside an open run.
    ///
    /// - Parameters:
    ///   - schedule: the name of the schedule.
    ///   - input: what the run is begun with. Default: the schedule's.
    ///   - run: the id of the run: sent again, it is the same run. Default: a new one.
    @discardableResult
    public func scheduleTrigger(
        schedule: String,
        input: RawJSON? = nil,
        run: String? = nil
    ) async throws -> ScheduleTriggerResult {
        try ScheduleTriggerResult(try await call("schedule.trigger", mayResend: false) { writer in
            writer.wire("schedule", schedule)
            writer.wire("input", input)
            writer.wire("run", run)
        })
    }

    /// What `schedule.trigger` answers.
    public struct ScheduleTriggerResult: WireReadable {
        /// The run as it is now.
        public var run: Wire.RunObject

        init(_ reader: WireReader) throws {
            run = try reader.must("run")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("ScheduleTriggerResult", wire))
        }
    }
}
