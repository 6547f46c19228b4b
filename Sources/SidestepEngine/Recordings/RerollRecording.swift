import SidestepModel
import SidestepProtocol
import SidestepStore

/// Says that an answer is not to be given again in a run; runs that share it are not asked.
public struct RerollRecording: Command {
    /// The id of a run that the caller may see; no lease is needed.
    public let run: String
    /// The number of a completed recording, the run's own or one that it shares.
    public let recording: Int64
    /// The one that took its place; nil while none has.
    public var supersededBy: Int64?

    /// A call of `recording.reroll`.
    public init(run: String, recording: Int64) {
        (self.run, self.recording) = (run, recording)
    }

    /// Answers with the recording, `superseded` from now on; said again, nothing changes. `invalid_argument` for one
    /// that is not completed: that is never given again anyway.
    public func perform(
        _ store: any StoreTransaction, _ call: inout CallContext
    ) throws -> RecordingView {
        let run = try store.visibleRun(run, call)
        let known = try store.knownRecording(recording, of: run)
        guard known.state == .completed else {
            throw Failure(
                .invalidArgument, "recording \(recording) is \(known.state.rawValue), and is not given again",
                run: run.id, hint: "Nothing is left to do: who asks the same gets a new answer.")
        }
        let before = try store.rerolls(of: run)[recording]
        if let before, before.supersededBy == supersededBy || supersededBy == nil {
            return try store.view(known, in: run)
        }
        let sequence = try store.append(
            run: run.key, at: call.now, kind: .recordingSuperseded,
            detail: detail { writer in
                writer.member("recording", recording)
                writer.member("superseded_by", supersededBy)
                writer.by(call.peer)
            })
        try store.insertReroll(
            RecordingReroll(
                run: run.key, number: recording, supersededBy: supersededBy, sequence: sequence))
        return try store.view(known, in: run)
    }
}
