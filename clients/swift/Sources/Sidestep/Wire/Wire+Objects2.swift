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

    /// The protocol's `run_filter`.
    public struct RunFilterObject: WireReadable, WireWritable {
        /// Only runs of this workflow.
        public var workflow: String?
        /// Only runs with this status.
        public var status: String?
        /// Only runs that are not closed.
        public var open: Bool?
        /// Only runs with all these tags.
        public var tag: [String: String]?
        /// Only runs made after this moment.
        public var createdAfter: Int?
        /// Only runs made before this moment.
        public var createdBefore: Int?
        /// Only runs made no longer ago than this.
        public var newerThan: Duration?
        /// Only runs made longer ago than this.
        public var olderThan: Duration?
        /// Only runs whose id or workflow holds this text.
        public var text: String?
        /// Only children of this run.
        public var parent: String?
        /// Only runs of this user; those of others are an administrator's.
        public var user: Int?

        init(_ reader: WireReader) throws {
            workflow = try reader.may("workflow")
            status = try reader.may("status")
            open = try reader.may("open")
            tag = try reader.may("tag")
            createdAfter = try reader.may("created_after")
            createdBefore = try reader.may("created_before")
            newerThan = try reader.may("newer_than_ms")
            olderThan = try reader.may("older_than_ms")
            text = try reader.may("text")
            parent = try reader.may("parent")
            user = try reader.may("user")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("RunFilterObject", wire))
        }

        /// What is left out is not said.
        public init(
            workflow: String? = nil,
            status: String? = nil,
            open: Bool? = nil,
            tag: [String: String]? = nil,
            createdAfter: Int? = nil,
            createdBefore: Int? = nil,
            newerThan: Duration? = nil,
            olderThan: Duration? = nil,
            text: String? = nil,
            parent: String? = nil,
            user: Int? = nil
        ) {
            self.workflow = workflow
            self.status = status
            self.open = open
            self.tag = tag
            self.createdAfter = createdAfter
            self.createdBefore = createdBefore
            self.newerThan = newerThan
            self.olderThan = olderThan
            self.text = text
            self.parent = parent
            self.user = user
        }

        var wire: RawJSON {
            .object { writer in
                writer.wire("workflow", workflow)
                writer.wire("status", status)
                writer.wire("open", open)
                writer.wire("tag", tag)
                writer.wire("created_after", createdAfter)
                writer.wire("created_before", createdBefore)
                writer.wire("newer_than_ms", newerThan)
                writer.wire("older_than_ms", olderThan)
                writer.wire("text", text)
                writer.wire("parent", parent)
                writer.wire("user", user)
            }
        }
    }

    /// The protocol's `view`.
    public struct ViewObject: WireReadable {
        /// Its name.
        public var view: String
        /// What `run.list` finds the runs of the view by.
        public var filter: Wire.RunFilterObject
        /// When it was saved first.
        public var createdAt: Date
        /// When it was last changed.
        public var updatedAt: Date

        init(_ reader: WireReader) throws {
            view = try reader.must("view")
            filter = try reader.must("filter")
            createdAt = try reader.must("created_at")
            updatedAt = try reader.must("updated_at")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("ViewObject", wire))
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
}
