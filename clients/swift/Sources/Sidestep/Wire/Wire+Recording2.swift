// swift-format-ignore-file
// Generated from the method table by `make generate`; do not edit.
import FoundationEssentials
import SidestepProtocol

extension Wire {
    /// Lists the recordings of a run in their order; those that a fork shares come first.
    ///
    /// - Parameters:
    ///   - run: the id of the run.
    ///   - generation: which generation of the run. Default: the latest.
    ///   - after: the number after which to begin. Default: 0.
    ///   - limit: recordings on a page. Default: 1000.
    ///   - maxBytes: about how large a page may be.
    ///   - states: only those in one of these states.
    @discardableResult
    public func recordingList(
        run: String,
        generation: Int? = nil,
        after: Int? = nil,
        limit: Int? = nil,
        maxBytes: Int? = nil,
        states: [String]? = nil
    ) async throws -> RecordingListResult {
        try RecordingListResult(try await call("recording.list", mayResend: true) { writer in
            writer.wire("run", run)
            writer.wire("generation", generation)
            writer.wire("after", after)
            writer.wire("limit", limit)
            writer.wire("max_bytes", maxBytes)
            writer.wire("states", states)
        })
    }

    /// What `recording.list` answers.
    public struct RecordingListResult: WireReadable {
        /// Without what was sent and what came back.
        public var recordings: [Wire.RecordingObject]
        /// The number to give as `after` for the next page.
        public var more: Int?

        init(_ reader: WireReader) throws {
            recordings = try reader.must("recordings")
            more = try reader.may("more")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("RecordingListResult", wire))
        }
    }

    /// Returns a recording with what came back.
    ///
    /// - Parameters:
    ///   - run: the id of the run.
    ///   - recording: its number in the run.
    ///   - generation: which generation of the run. Default: the latest.
    ///   - request: whether to return what was sent as well. Default: false.
    @discardableResult
    public func recordingGet(
        run: String,
        recording: Int,
        generation: Int? = nil,
        request: Bool? = nil
    ) async throws -> RecordingGetResult {
        try RecordingGetResult(try await call("recording.get", mayResend: true) { writer in
            writer.wire("run", run)
            writer.wire("generation", generation)
            writer.wire("recording", recording)
            writer.wire("request", request)
        })
    }

    /// What `recording.get` answers.
    public struct RecordingGetResult: WireReadable {
        /// The recording as it is now.
        public var recording: Wire.RecordingObject
        /// What came back, byte for byte.
        public var response: Wire.RecordedResponseObject?
        /// What was sent, if it was kept.
        public var request: RawJSON?

        init(_ reader: WireReader) throws {
            recording = try reader.must("recording")
            response = try reader.may("response")
            request = try reader.may("request")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("RecordingGetResult", wire))
        }
    }

    /// Says where the request of a recording differs from that of another one.
    ///
    /// - Parameters:
    ///   - run: the id of the run.
    ///   - recording: its number in the run.
    ///   - other: the recording to compare it with. Default: the one before it that went to the same path; in
    ///   another run, that of the same number.
    ///   - against: the run that has the other one. Default: the same run.
    @discardableResult
    public func recordingDiff(
        run: String,
        recording: Int,
        other: Int? = nil,
        against: String? = nil
    ) async throws -> RecordingDiffResult {
        try RecordingDiffResult(try await call("recording.diff", mayResend: true) { writer in
            writer.wire("run", run)
            writer.wire("recording", recording)
            writer.wire("other", other)
            writer.wire("against", against)
        })
    }

    /// What `recording.diff` answers.
    public struct RecordingDiffResult: WireReadable {
        /// The recording that it was compared with.
        public var other: Int
        /// Where they differ, the first hundred.
        public var differences: [Wire.RequestDifferenceObject]

        init(_ reader: WireReader) throws {
            other = try reader.must("other")
            differences = try reader.must("differences")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("RecordingDiffResult", wire))
        }
    }

    /// Says that an answer is not to be given again: who asks the same gets a new one.
    ///
    /// - Parameters:
    ///   - run: the id of the run.
    ///   - recording: its number in the run.
    ///   - supersededBy: the recording that took its place, if there is one.
    @discardableResult
    public func recordingReroll(
        run: String,
        recording: Int,
        supersededBy: Int? = nil
    ) async throws -> RecordingRerollResult {
        try RecordingRerollResult(try await call("recording.reroll", mayResend: true) { writer in
            writer.wire("run", run)
            writer.wire("recording", recording)
            writer.wire("superseded_by", supersededBy)
        })
    }

    /// What `recording.reroll` answers.
    public struct RecordingRerollResult: WireReadable {
        /// The recording as it is now.
        public var recording: Wire.RecordingObject

        init(_ reader: WireReader) throws {
            recording = try reader.must("recording")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("RecordingRerollResult", wire))
        }
    }
}
