// swift-format-ignore-file
// Generated from the method table by `make generate`; do not edit.
import FoundationEssentials
import SidestepProtocol

extension Wire {
    /// Takes a run up as its recorder; what another one has under way is in doubt from then on.
    ///
    /// - Parameters:
    ///   - recorder: a random text, one for each process that records.
    ///   - run: the run. Default: the one of the lease.
    ///   - lease: the lease. Default: the one that this connection was granted.
    ///   - retain: how long after the run's end bodies of requests and answers are kept. Default: as long as
    ///   the run.
    ///   - forgetOnSuccess: whether they are deleted when the run completes. Default: false.
    @discardableResult
    public func recordingOpen(
        recorder: String,
        run: String? = nil,
        lease: String? = nil,
        retain: Duration? = nil,
        forgetOnSuccess: Bool? = nil
    ) async throws -> RecordingOpenResult {
        try RecordingOpenResult(try await call("recording.open", mayResend: true) { writer in
            writer.wire("run", run)
            writer.wire("lease", lease)
            writer.wire("recorder", recorder)
            writer.wire("retain_ms", retain)
            writer.wire("forget_on_success", forgetOnSuccess)
        })
    }

    /// What `recording.open` answers.
    public struct RecordingOpenResult: WireReadable {
        /// 32 bytes in base64, by which requests are known again.
        public var key: String
        /// The id of the run.
        public var run: String
        /// The generation that is recorded.
        public var generation: Int
        /// The number of the last lease.
        public var epoch: Int

        init(_ reader: WireReader) throws {
            key = try reader.must("key")
            run = try reader.must("run")
            generation = try reader.must("generation")
            epoch = try reader.must("epoch")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("RecordingOpenResult", wire))
        }
    }

    /// Writes a call down before it is sent, if the budget covers it.
    ///
    /// - Parameters:
    ///   - recorder: a random text, one for each process that records.
    ///   - call: a random text, one for each call; only who knows it may end the recording.
    ///   - upstream: the service that is called.
    ///   - httpMethod: GET, POST and the like.
    ///   - path: its path, with the query that counts.
    ///   - keys: by what it is known again, the strictest first; at least one.
    ///   - run: the run. Default: the one of the lease.
    ///   - lease: the lease. Default: the one that this connection was granted.
    ///   - model: the model that is asked.
    ///   - stream: whether the answer comes in parts. Default: false.
    ///   - toolRefs: ids of tool calls in the request.
    ///   - sealed: by what its bodies are encrypted, in its recorder's words; the daemon gets them as bytes.
    ///   Default: they are not.
    ///   - reserve: what it sets aside of the run's budget. Default: one call.
    ///   - request: its body. Default: none is kept.
    @discardableResult
    public func recordingBegin(
        recorder: String,
        call: String,
        upstream: String,
        httpMethod: String,
        path: String,
        keys: [String],
        run: String? = nil,
        lease: String? = nil,
        model: String? = nil,
        stream: Bool? = nil,
        toolRefs: [String]? = nil,
        sealed: String? = nil,
        reserve: Wire.ReserveObject? = nil,
        request: Wire.RecordedRequestObject? = nil
    ) async throws -> RecordingBeginResult {
        try RecordingBeginResult(try await self.call("recording.begin", mayResend: true) { writer in
            writer.wire("run", run)
            writer.wire("lease", lease)
            writer.wire("recorder", recorder)
            writer.wire("call", call)
            writer.wire("upstream", upstream)
            writer.wire("http_method", httpMethod)
            writer.wire("path", path)
            writer.wire("keys", keys)
            writer.wire("model", model)
            writer.wire("stream", stream)
            writer.wire("tool_refs", toolRefs)
            writer.wire("sealed", sealed)
            writer.wire("reserve", reserve)
            writer.wire("request", request)
        })
    }

    /// What `recording.begin` answers.
    public struct RecordingBeginResult: WireReadable {
        /// Its number in the run.
        public var recording: Int

        init(_ reader: WireReader) throws {
            recording = try reader.must("recording")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("RecordingBeginResult", wire))
        }
    }

    /// Records the answer of a call, which needs no lease: it may end when its run has another owner, or
    /// none.
    ///
    /// - Parameters:
    ///   - run: the id of the run.
    ///   - recording: its number in the run.
    ///   - call: a random text, one for each call; only who knows it may end the recording.
    ///   - status: the status that HTTP has for it.
    ///   - headers: pairs of a name and a value.
    ///   - contentType: what kind of bytes they are.
    ///   - text: the body, if it is UTF-8 without NUL.
    ///   - base64: the body in base64, if it is not.
    ///   - splits: where parts of it began, in bytes.
    ///   - pauses: before each part, the one before the first split too, from the request on.
    ///   - toolIds: ids of tool calls in the answer.
    ///   - finish: why the model stopped.
    ///   - model: the model that answered. Default: the one that was asked.
    ///   - firstByte: from the request to the first byte.
    ///   - duration: from the request to the last byte.
    ///   - usage: what it consumed. Default: what was set aside; of a failure, one call.
    ///   - usageSource: who says so. Default: `reported` with a usage, else `estimated`; of a failure,
    ///   `none`.
    ///   - tries: how often it was sent.
    @discardableResult
    public func recordingComplete(
        run: String,
        recording: Int,
        call: String,
        status: Int,
        headers: [[String]]? = nil,
        contentType: String? = nil,
        text: String? = nil,
        base64: String? = nil,
        splits: [Int]? = nil,
        pauses: [Int]? = nil,
        toolIds: [String]? = nil,
        finish: String? = nil,
        model: String? = nil,
        firstByte: Duration? = nil,
        duration: Duration? = nil,
        usage: RawJSON? = nil,
        usageSource: String? = nil,
        tries: Int? = nil
    ) async throws -> RecordingCompleteResult {
        try RecordingCompleteResult(try await self.call("recording.complete", mayResend: true) { writer in
            writer.wire("run", run)
            writer.wire("recording", recording)
            writer.wire("call", call)
            writer.wire("status", status)
            writer.wire("headers", headers)
            writer.wire("content_type", contentType)
            writer.wire("text", text)
            writer.wire("base64", base64)
            writer.wire("splits", splits)
            writer.wire("pauses", pauses)
            writer.wire("tool_ids", toolIds)
            writer.wire("finish", finish)
            writer.wire("model", model)
            writer.wire("first_byte_ms", firstByte)
            writer.wire("duration_ms", duration)
            writer.wire("usage", usage)
            writer.wire("usage_source", usageSource)
            writer.wire("tries", tries)
        })
    }

    /// What `recording.complete` answers.
    public struct RecordingCompleteResult: WireReadable {
        /// The recording as it is now.
        public var recording: Wire.RecordingObject

        init(_ reader: WireReader) throws {
            recording = try reader.must("recording")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("RecordingCompleteResult", wire))
        }
    }

    /// Records that a call came to nothing that may be given again; this needs no lease either.
    ///
    /// - Parameters:
    ///   - run: the id of the run.
    ///   - recording: its number in the run.
    ///   - call: a random text, one for each call; only who knows it may end the recording.
    ///   - state: an error, nobody wanted it any more, or nobody knows.
    ///   - status: the status that HTTP has for it.
    ///   - message: a sentence on what happened.
    ///   - usage: what it consumed. Default: what was set aside; of a failure, one call.
    ///   - usageSource: who says so. Default: `reported` with a usage, else `estimated`; of a failure,
    ///   `none`.
    ///   - tries: how often it was sent.
    @discardableResult
    public func recordingFail(
        run: String,
        recording: Int,
        call: String,
        state: String,
        status: Int? = nil,
        message: String? = nil,
        usage: RawJSON? = nil,
        usageSource: String? = nil,
        tries: Int? = nil
    ) async throws -> RecordingFailResult {
        try RecordingFailResult(try await self.call("recording.fail", mayResend: true) { writer in
            writer.wire("run", run)
            writer.wire("recording", recording)
            writer.wire("call", call)
            writer.wire("state", state)
            writer.wire("status", status)
            writer.wire("message", message)
            writer.wire("usage", usage)
            writer.wire("usage_source", usageSource)
            writer.wire("tries", tries)
        })
    }

    /// What `recording.fail` answers.
    public struct RecordingFailResult: WireReadable {
        /// The recording as it is now.
        public var recording: Wire.RecordingObject

        init(_ reader: WireReader) throws {
            recording = try reader.must("recording")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("RecordingFailResult", wire))
        }
    }
}
