import SidestepModel
import SidestepStore

/// Names a recording by what only its recorder knows, so that it may end when its run has another owner, or none.
public struct RecordingFence: Sendable {
    /// The id of a run that the caller may see.
    public let run: String
    /// The number of the recording.
    public let recording: Int64
    /// What its begin was called with.
    public let call: String

    /// The call of a recording.
    public init(run: String, recording: Int64, call: String) {
        (self.run, self.recording, self.call) = (run, recording, call)
    }

    /// The recording and its run, which may be an earlier generation than the newest.
    func found(_ store: any StoreTransaction, _ call: CallContext) throws -> (RunRecord, RecordingRecord) {
        let newest = try store.visibleRun(run, call)
        guard let known = try store.recording(user: newest.userID, id: newest.id, call: self.call),
            known.number == recording, let run = try store.run(key: known.run)
        else {
            throw Failure(
                .invalidArgument, "the run has no recording \(recording) that this call began", run: run,
                hint: "Send the number that `recording.begin` returned, with the `call` that it was sent.")
        }
        return (run, known)
    }
}

/// Records the answer of a call: from now on it is given again.
public struct CompleteRecording: Command {
    /// Which one.
    public let fence: RecordingFence
    /// What came back; `block` and `bytes` follow from the body.
    public var response: RecordedResponse
    /// The bytes of the body, kept as they came.
    public let body: [UInt8]
    /// What it used, JSON: budgets are charged with it.
    public var usage: Payload?
    /// Who says so.
    public var source: UsageSource?
    /// The model that answered; nil keeps the one that was asked.
    public var model: String?
    /// How often it was sent; nil keeps what is there.
    public var tries: Int64?

    /// A call of `recording.complete`.
    public init(_ fence: RecordingFence, response: RecordedResponse, body: [UInt8]) {
        (self.fence, self.response, self.body) = (fence, response, body)
    }

    /// Answers with the recording; the same call again is answered the same. Needs no lease.
    public func perform(
        _ store: any StoreTransaction, _ call: inout CallContext
    ) throws -> RecordingView {
        let (run, known) = try fence.found(store, call)
        if known.state == .completed { return try store.view(known, in: run) }
        let end = RecordingEnd(.completed, usage: usage, source: source)
        let keeper = try BodyKeeper(store, user: run.userID, call)
        let ended = try store.end(end, of: known, in: run, &call) { recording in
            recording.response = response
            // Where the request has gone already, nobody wants the answer.
            let isForgotten = known.forgotten != nil
            recording.response.block = try keeper.keep(isForgotten ? [] : body)
            recording.response.bytes = Int64(body.count)
            if isForgotten { recording.response.loseContent() }
            recording.request.model = model ?? known.request.model
            recording.tries = tries ?? known.tries
            recording.message = nil
        }
        return try store.view(ended, in: run)
    }
}

/// Records that a call came to nothing that may be given again.
public struct FailRecording: Command {
    /// Which one.
    public let fence: RecordingFence
    /// `failed`, `cancelled` or `lost`.
    public let event: RecordingEvent
    /// The status that HTTP has for it.
    public var status: Int64?
    /// A sentence on what happened.
    public var message: String?
    /// What it used although it failed, JSON.
    public var usage: Payload?
    /// Who says so.
    public var source: UsageSource?
    /// How often it was sent; nil keeps what is there.
    public var tries: Int64?

    /// A call of `recording.fail`.
    public init(_ fence: RecordingFence, _ event: RecordingEvent) {
        (self.fence, self.event) = (fence, event)
    }

    /// Answers with the recording; the same call again is answered the same. Needs no lease.
    public func perform(
        _ store: any StoreTransaction, _ call: inout CallContext
    ) throws -> RecordingView {
        let (run, known) = try fence.found(store, call)
        if known.state == RecordingState.started.after(event) { return try store.view(known, in: run) }
        let end = RecordingEnd(event, usage: usage, source: source)
        let ended = try store.end(end, of: known, in: run, &call) { recording in
            recording.response.status = status ?? known.response.status
            recording.message = message ?? known.message
            recording.tries = tries ?? known.tries
        }
        return try store.view(ended, in: run)
    }
}
