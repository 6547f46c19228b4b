// swift-format-ignore-file
// Generated from the method table by `make generate`; do not edit.
import FoundationEssentials
import SidestepProtocol

extension Wire {
    /// Saves agent state; only what is new is written.
    ///
    /// - Parameters:
    ///   - run: the run. Default: the one of the lease.
    ///   - lease: the lease. Default: the one that this connection was granted.
    ///   - stepNumber: a number to note with it.
    ///   - state: the state.
    ///   - messages: the message history. Default: as it is.
    ///   - toolResults: results of tools.
    ///   - metadata: anything its author wants to note.
    ///   - name: what to call it.
    ///   - resumeToken: a token minted by the client, of 22 characters at least.
    @discardableResult
    public func checkpoint(
        run: String? = nil,
        lease: String? = nil,
        stepNumber: Int? = nil,
        state: RawJSON? = nil,
        messages: Wire.MessagesObject? = nil,
        toolResults: RawJSON? = nil,
        metadata: RawJSON? = nil,
        name: String? = nil,
        resumeToken: String? = nil
    ) async throws -> CheckpointResult {
        try CheckpointResult(try await call("checkpoint", mayResend: true) { writer in
            writer.wire("run", run)
            writer.wire("lease", lease)
            writer.wire("step_number", stepNumber)
            writer.wire("state", state)
            writer.wire("messages", messages)
            writer.wire("tool_results", toolResults)
            writer.wire("metadata", metadata)
            writer.wire("name", name)
            writer.wire("resume_token", resumeToken)
        })
    }

    /// What `checkpoint` answers.
    public struct CheckpointResult: WireReadable {
        /// Its id.
        public var checkpoint: String
        /// Who holds it may resume from here.
        public var resumeToken: String
        /// Its number: it grows with every checkpoint of the daemon.
        public var sequence: Int
        /// Messages in its history.
        public var messageCount: Int
        /// Bytes that were new.
        public var newBytes: Int

        init(_ reader: WireReader) throws {
            checkpoint = try reader.must("checkpoint")
            resumeToken = try reader.must("resume_token")
            sequence = try reader.must("sequence")
            messageCount = try reader.must("message_count")
            newBytes = try reader.must("new_bytes")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("CheckpointResult", wire))
        }
    }

    /// Returns one checkpoint.
    ///
    /// - Parameters:
    ///   - checkpoint: its id.
    ///   - run: the run; alone it means its latest checkpoint.
    ///   - name: the latest of this name in the run.
    ///   - token: a resume token.
    @discardableResult
    public func checkpointGet(
        checkpoint: String? = nil,
        run: String? = nil,
        name: String? = nil,
        token: String? = nil
    ) async throws -> CheckpointGetResult {
        try CheckpointGetResult(try await call("checkpoint.get", mayResend: true) { writer in
            writer.wire("checkpoint", checkpoint)
            writer.wire("run", run)
            writer.wire("name", name)
            writer.wire("token", token)
        })
    }

    /// What `checkpoint.get` answers.
    public struct CheckpointGetResult: WireReadable {
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
            try self.init(WireReader("CheckpointGetResult", wire))
        }
    }

    /// Lists the checkpoints of a run, the newest first, without their state.
    ///
    /// - Parameters:
    ///   - run: the id of the run.
    ///   - limit: checkpoints on a page. Default: 100.
    ///   - cursor: `more` of the page before.
    @discardableResult
    public func checkpointList(
        run: String,
        limit: Int? = nil,
        cursor: String? = nil
    ) async throws -> CheckpointListResult {
        try CheckpointListResult(try await call("checkpoint.list", mayResend: true) { writer in
            writer.wire("run", run)
            writer.wire("limit", limit)
            writer.wire("cursor", cursor)
        })
    }

    /// What `checkpoint.list` answers.
    public struct CheckpointListResult: WireReadable {
        /// The checkpoints.
        public var checkpoints: [Wire.CheckpointObject]
        /// The cursor of the next page.
        public var more: String?

        init(_ reader: WireReader) throws {
            checkpoints = try reader.must("checkpoints")
            more = try reader.may("more")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("CheckpointListResult", wire))
        }
    }

    /// Returns a range of the message history of a checkpoint.
    ///
    /// - Parameters:
    ///   - checkpoint: its id.
    ///   - run: the run; alone it means its latest checkpoint.
    ///   - from: the first message, counted from 0. Default: 0.
    ///   - count: how many.
    ///   - last: only this many, counted from the end.
    ///   - maxBytes: about how large the messages may be together.
    @discardableResult
    public func checkpointMessages(
        checkpoint: String? = nil,
        run: String? = nil,
        from: Int? = nil,
        count: Int? = nil,
        last: Int? = nil,
        maxBytes: Int? = nil
    ) async throws -> CheckpointMessagesResult {
        try CheckpointMessagesResult(try await call("checkpoint.messages", mayResend: true) { writer in
            writer.wire("checkpoint", checkpoint)
            writer.wire("run", run)
            writer.wire("from", from)
            writer.wire("count", count)
            writer.wire("last", last)
            writer.wire("max_bytes", maxBytes)
        })
    }

    /// What `checkpoint.messages` answers.
    public struct CheckpointMessagesResult: WireReadable {
        /// The messages.
        public var messages: [RawJSON]
        /// The place of the first one.
        public var from: Int
        /// Messages in the history.
        public var total: Int
        /// `from` of the next page.
        public var more: Int?

        init(_ reader: WireReader) throws {
            messages = try reader.must("messages")
            from = try reader.must("from")
            total = try reader.must("total")
            more = try reader.may("more")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("CheckpointMessagesResult", wire))
        }
    }

    /// Deletes checkpoints of a run: one, those before a sequence, or all.
    ///
    /// - Parameters:
    ///   - run: the id of the run.
    ///   - before: only those before this sequence; 0 means none.
    ///   - checkpoint: only this one.
    @discardableResult
    public func checkpointDelete(
        run: String,
        before: Int? = nil,
        checkpoint: String? = nil
    ) async throws -> CheckpointDeleteResult {
        try CheckpointDeleteResult(try await call("checkpoint.delete", mayResend: false) { writer in
            writer.wire("run", run)
            writer.wire("before", before)
            writer.wire("checkpoint", checkpoint)
        })
    }

    /// What `checkpoint.delete` answers.
    public struct CheckpointDeleteResult: WireReadable {
        /// How many there were.
        public var deleted: Int

        init(_ reader: WireReader) throws {
            deleted = try reader.must("deleted")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("CheckpointDeleteResult", wire))
        }
    }
}
