import SidestepModel
import SidestepStore

/// A recorder takes a run up, or comes back to it under a new lease.
public struct OpenRecording: Command {
    /// Proof of the lease; good while the run is asked to end: what is under way may still be recorded.
    public let proof: LeaseProof
    /// The recorder's name, random: another one is another process.
    public let recorder: String
    /// How long after the run's end the bodies are kept, milliseconds; nil as long as the run.
    public var retainMilliseconds: Int64?
    /// Whether they are deleted when the run completes.
    public var forgetsOnSuccess = false

    /// A call of `recording.open`.
    public init(proof: LeaseProof, recorder: String) {
        self.proof = proof
        self.recorder = recorder
    }

    /// What a recorder has to know of its run.
    public struct Result: Sendable {
        /// By what requests are known again: 32 bytes, the same for all generations and forks of the run.
        public var secret: [UInt8]
        /// The id of the run.
        public var run: String
        /// Its last lease.
        public var epoch: Int64
        /// The generation that is recorded.
        public var generation: Int64
    }

    /// Answers with the run's secret, made with the first call. What another recorder has under way is in doubt from
    /// now on, and what it set aside counts as used.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> Result {
        let run = try store.heldRun(proof, &call, for: .ending)
        let secret = try store.recorderSecret(of: run) ?? call.environment.random.bytes(32)
        var record = RecorderRecord(run: run.key, secret: secret, name: recorder, epoch: run.epoch)
        (record.retainMilliseconds, record.forgetsOnSuccess) = (retainMilliseconds, forgetsOnSuccess)
        try store.saveRecorder(record)
        // They are few: `recordings_under_way`.
        for recording in try store.startedRecordings(run: run.key, notBy: recorder) {
            try store.end(RecordingEnd(.lost), of: recording, in: run, &call)
        }
        return Result(secret: secret, run: run.id, epoch: run.epoch, generation: run.generation)
    }
}
