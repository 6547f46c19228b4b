import SidestepModel
import SidestepProtocol
import SidestepStore

/// How a call ended, and what it has used.
struct RecordingEnd {
    var event: RecordingEvent
    /// What it used, JSON; nil when nobody says so.
    var usage: Payload?
    var source: UsageSource?

    init(_ event: RecordingEvent, usage: Payload? = nil, source: UsageSource? = nil) {
        (self.event, self.usage, self.source) = (event, usage, source)
    }

    /// What is booked, and who says so. Of a failure nothing but the call itself is known to be used; anything else
    /// that says nothing has used what was set aside for it.
    func booked(reserved: Amounts?) -> (usage: Payload?, source: UsageSource) {
        if let usage { return (usage, source ?? .reported) }
        if event == .failed || source == UsageSource.none { return (nil, .none) }
        return (reserved?.usage, .estimated)
    }
}

extension RecordingRecord {
    /// What is booked of it: nothing while it is under way, and at least the call afterwards.
    var spent: Amounts {
        if state == .started { return Amounts() }
        return Amounts(usage: usage.map(RawJSON.init(validated:)) ?? .emptyObject)
    }

    /// The same as usage, JSON; nil while it is under way.
    fileprivate var booked: Payload? { state == .started ? nil : usage ?? Payload(text: "{}") }

    var setAside: Amounts? { reserved.map { Amounts(reserve: RawJSON(validated: $0)) } }
}

extension StoreTransaction {
    /// Writes the end of a recording, gives back what it set aside, books what it used, and notes it in the journal.
    @discardableResult
    func end(
        _ end: RecordingEnd, of known: RecordingRecord, in run: RunRecord, _ call: inout CallContext,
        _ change: (inout RecordingRecord) throws -> Void = { _ in }
    ) throws -> RecordingRecord {
        guard var ended = known.after(end.event, at: call.now) else {
            throw Failure.recordingEnded(known, run)
        }
        // What was assumed when it was lost is what it had set aside.
        let assumed = known.setAside ?? (known.state == .inDoubt ? known.spent : nil)
        (ended.usage, ended.usageSource) = end.booked(reserved: assumed)
        ended.reserved = nil
        try change(&ended)
        let isExceeded = try spend(
            ended.spent.minus(known.spent), reserving: (known.setAside ?? Amounts()).negated, of: run)
        try book(
            ended.booked, model: ended.request.model, insteadOf: known.booked,
            isRecorded: ended.state == .completed, of: run, at: call.now)
        ended.sequence = try append(
            run: run.key, at: call.now, kind: ended.state.journalKind, detail: ended.journalDetail)
        try endRecording(ended, from: known.state)
        if isExceeded || run.isExhausted { try exhaustIfOwned(run, &call) }
        return ended
    }

    /// A call may end when its run has no owner, or is closed: then nothing is left to be paused.
    private func exhaustIfOwned(_ run: RunRecord, _ call: inout CallContext) throws {
        guard let run = try self.run(key: run.key), run.status == .running else { return }
        try exhaust(run, &call)
    }
}

extension RecordingState {
    fileprivate var journalKind: JournalKind { self == .completed ? .recordingCompleted : .recordingFailed }
}

extension RecordingRecord {
    /// What the journal has of its end.
    var journalDetail: Payload {
        detail { writer in
            writer.member("recording", number)
            if state != .completed { writer.member("state", state.rawValue) }
            writer.member("upstream", request.upstream)
            writer.member("http_method", request.httpMethod)
            writer.member("path", request.path)
            writer.member("model", request.model)
            writer.member("status", response.status)
        }
    }
}

extension Failure {
    static func noRecording(_ number: Int64, _ run: RunRecord) -> Failure {
        Failure(
            .invalidArgument, "the run has no recording \(number)", run: run.id,
            hint: "`\(ShellText.sidestep("recordings", run.id))` lists what it has.")
    }

    static func recordingEnded(_ recording: RecordingRecord, _ run: RunRecord) -> Failure {
        Failure(
            .invalidArgument, "recording \(recording.number) is \(recording.state.rawValue) already",
            run: run.id, hint: "Drop this report: a recording ends once.")
    }
}
