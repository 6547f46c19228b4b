import SidestepModel

/// Looks at the calls that recorders have written down: the tables `recorder` and `recording`.
public protocol RecordingReading: SharedRecordingReading {
    /// Who records for this very run; nil when nobody ever did.
    func recorder(run: Int64) throws(Failure) -> RecorderRecord?
    /// The secret of the recorders of any generation of a user's run.
    func recorderSecret(user: UserID, id: String) throws(Failure) -> [UInt8]?
    /// A recording of this very run.
    func recording(run: Int64, number: Int64) throws(Failure) -> RecordingRecord?
    /// The same by what only its recorder knows.
    func recording(run: Int64, call: String) throws(Failure) -> RecordingRecord?
    /// The same of any generation of a user's run, the newest first.
    func recording(user: UserID, id: String, call: String) throws(Failure) -> RecordingRecord?
    /// The last recording of this very run that is before another and went to the same place.
    func recording(run: Int64, before last: RecordingRecord) throws(Failure) -> RecordingRecord?
    /// Recordings of this very run behind a number, in their order.
    func recordings(run: Int64, after number: Int64, limit: Int) throws(Failure) -> [RecordingRecord]
    /// Those that are under way and that another recorder has begun.
    func startedRecordings(run: Int64, notBy recorder: String) throws(Failure) -> [RecordingRecord]
    /// How many of this very run have not ended.
    func startedRecordingCount(run: Int64) throws(Failure) -> Int64
    /// Whether something is under way that the recorder of this lease has begun.
    func hasRecordingUnderWay(run: Int64, epoch: Int64) throws(Failure) -> Bool
    /// The highest number that a recording of this very run has; 0 when it has none.
    func lastRecording(run: Int64) throws(Failure) -> Int64
    /// How many recordings of this very run are in each state that any is in.
    func recordingCounts(run: Int64) throws(Failure) -> [(state: RecordingState, count: Int64)]
    /// The answers that are not to be given again in this very run, noted up to a place in its journal.
    func rerolls(run: Int64, upTo sequence: Int64) throws(Failure) -> [RecordingReroll]
    /// The number of a recording of any run; nil when it is gone.
    func recordingNumber(key: Int64) throws(Failure) -> Int64?
    /// The next run behind another one whose bodies are to go by now.
    func overdueRecorder(after run: Int64, now: Instant) throws(Failure) -> OverdueRecorder?
    /// By what the bytes of a user's blocks are known again; nil when he has none yet.
    func recordingSecret(user: UserID) throws(Failure) -> [UInt8]?
    /// The bytes of a response or of a part of a request.
    func recordingBlock(_ key: Int64) throws(Failure) -> [UInt8]
    /// The parts of a recording's request in their order; empty when they were not kept.
    func requestPieces(of recording: RecordingRecord) throws(Failure) -> [Int64]
}

/// Looks at the recordings that a fork at `origin` shares with that very run.
public protocol SharedRecordingReading: AnyObject {
    /// A completed recording.
    func sharedRecording(_ origin: RunOrigin, number: Int64) throws(Failure) -> RecordingRecord?
    /// The last completed recording that is before another and went to the same place.
    func sharedRecording(
        _ origin: RunOrigin, before last: RecordingRecord
    ) throws(Failure) -> RecordingRecord?
    /// Completed recordings behind a number, in their order.
    func sharedRecordings(
        _ origin: RunOrigin, after number: Int64, limit: Int
    ) throws(Failure) -> [RecordingRecord]
    /// The highest number that one has; 0 when there is none.
    func lastSharedRecording(_ origin: RunOrigin) throws(Failure) -> Int64
    /// How many there are.
    func sharedRecordingCount(_ origin: RunOrigin) throws(Failure) -> Int64
}

/// Writes calls down.
public protocol RecordingWriting: RecordingReading {
    /// Notes who records for a run whose epoch is still that of the record; throws `lease_lost` otherwise. The secret
    /// stays what it was.
    func saveRecorder(_ recorder: RecorderRecord) throws(Failure)
    /// Adds a recording where the run's epoch is still `epoch`; throws `lease_lost` otherwise.
    func insertRecording(_ recording: RecordingRecord, epoch: Int64) throws(Failure) -> Int64
    /// Writes the end of a recording that is still in this state.
    func endRecording(_ recording: RecordingRecord, from state: RecordingState) throws(Failure)
    /// Notes by what the bytes of a user's blocks are known again: once.
    func insertRecordingSecret(_ secret: [UInt8], user: UserID) throws(Failure)
    /// The key of these bytes, which a user has once.
    func keepRecordingBlock(_ bytes: [UInt8], user: UserID, secret: [UInt8]) throws(Failure) -> Int64
    /// Deletes bodies of a run's recordings from below a number on, but for what forks read; of what is deleted nothing
    /// is left in any file. When none is left the run is not overdue any more.
    /// - Parameter empty: the key of the block without bytes, which completed ones have afterwards.
    /// - Returns: the number to go on below; nil at the end.
    func forgetBodies(
        of run: Int64, below number: Int64, leaving empty: Int64, now: Instant, limit: Int
    ) throws(Failure) -> Int64?
    /// Adds the parts of a request that are the recording's own, from this position on.
    func addRequestPieces(_ blocks: [Int64], of recording: Int64, from position: Int64) throws(Failure)
    /// Notes that an answer is not to be given again.
    func insertReroll(_ reroll: RecordingReroll) throws(Failure)
}

/// A run whose recorded bodies are to go.
public struct OverdueRecorder: Sendable, Equatable {
    /// The key of the run.
    public var run: Int64
    /// Whose it is.
    public var user: UserID

    /// A run of a user.
    public init(run: Int64, user: UserID) { (self.run, self.user) = (run, user) }
}
