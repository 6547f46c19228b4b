import SidestepModel
import SidestepProtocol
import SidestepStore

/// Where the requests of two recordings differ.
public struct DiffRecordings: Query {
    /// Differences that are looked for; there may be more.
    public static let limit = 100

    /// The id of a run that the caller may see.
    public let run: String
    /// The number of a recording of it.
    public let recording: Int64
    /// The number of the other one; nil is the one before it that went to the same place, or in another run the one of
    /// the same number.
    public var other: Int64?
    /// The id of the run that has the other one; nil is the same run.
    public var against: String?

    /// A call of `recording.diff`.
    public init(run: String, recording: Int64) { (self.run, self.recording) = (run, recording) }

    /// The other one, and what is different.
    public struct Result: Sendable {
        /// The number of the other recording.
        public var other: Int64
        /// The places where the requests differ: `before` is what the other one has.
        public var differences: [JSONDifference]
    }

    /// Compares JSON member by member, and other bytes as texts. `invalid_argument` when one of the two is not there,
    /// or its request was not kept.
    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> Result {
        let run = try store.visibleRun(run, call)
        let known = try store.knownRecording(recording, of: run)
        let there = try against.map { try store.visibleRun($0, call) }
        let before = try found(known, run, there, store)
        let bodies = try (kept(before, there ?? run, store), kept(known, run, store))
        return Result(
            other: before.number, differences: JSONDifference.between(bodies: bodies.0, bodies.1))
    }

    private func found(
        _ known: RecordingRecord, _ run: RunRecord, _ there: RunRecord?, _ store: any StoreReader
    ) throws -> RecordingRecord {
        if let there { return try store.knownRecording(other ?? recording, of: there) }
        if let other { return try store.knownRecording(other, of: run) }
        if let before = try store.recording(of: run, before: known) { return before }
        throw Failure(
            .invalidArgument, "no recording before \(recording) asked the same service for the same path",
            run: run.id, hint: "Name the `other` recording.")
    }

    private func kept(
        _ recording: RecordingRecord, _ run: RunRecord, _ store: any StoreReader
    ) throws -> [UInt8] {
        if recording.request.sealed != nil {
            throw Failure(
                .invalidArgument, "the request of recording \(recording.number) is encrypted", run: run.id,
                hint: "Who has the key compares it: `sidestep diff` with --recording-key.")
        }
        if let bytes = try store.request(of: recording) { return bytes }
        throw Failure(
            .invalidArgument, "the request of recording \(recording.number) was not kept", run: run.id,
            hint: "Its keys tell whether it is the same; its recorder has to send `request` to have it kept.")
    }
}
