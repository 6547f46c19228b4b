import SidestepModel
import SidestepProtocol
import SidestepStore

/// Writes down a call before it is sent, if the budget covers it.
public struct BeginRecording: Command {
    /// Proof of the lease; not enough once the run is asked to end.
    public let proof: LeaseProof
    /// The recorder that has opened the run.
    public let recorder: String
    /// Random: what ends the recording later, and by what a repeated message is known.
    public let call: String
    /// What is asked, as the recorder knows it again.
    public let request: RecordedRequest
    /// What it sets aside of budgets, JSON as of `step.begin`; nil asks for one call. Whoever asks for none and for
    /// nothing else pays for nothing.
    public var reserve: Payload?
    /// The request's bytes; nil when they are not to be kept.
    public var body: Body?

    /// The bytes of a request.
    public struct Body: Sendable {
        /// All of them.
        public var bytes: [UInt8]
        /// Where they are cut, ascending; each piece is kept once.
        public var cuts: [Int64]
        /// The number of a recording whose pieces the first ones are; nil when none is known.
        public var base: Int64?

        /// Bytes that are one piece, or several.
        public init(bytes: [UInt8], cuts: [Int64] = [], base: Int64? = nil) {
            (self.bytes, self.cuts, self.base) = (bytes, cuts, base)
        }
    }

    /// A call of `recording.begin`.
    public init(proof: LeaseProof, recorder: String, call: String, request: RecordedRequest) {
        (self.proof, self.recorder, self.call, self.request) = (proof, recorder, call, request)
    }

    /// Answers with the recording's number in its run. Throws `budget_exhausted` like `step.begin`.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> Int64 {
        let run: RunRecord
        do { run = try store.heldRun(proof, &call) } catch {
            guard let known = try underWay(store, call) else { throw error }
            return known.number
        }
        if let known = try store.recording(run: run.key, call: self.call) { return known.number }
        guard try store.recorder(run: run.key).map({ $0.name == recorder && $0.epoch == run.epoch }) ?? false
        else { throw Failure.notOpened(run) }
        try refuseMany(run, store, call)
        let reserve = Amounts(reserve: asked)
        try store.refuseForBudget(reserve.isEmpty ? nil : reserve, nil, of: run, &call)
        return try write(run, store, call)
    }

    /// What this message began under a lease that is over. Its answer was lost, or it would not come again; and who
    /// is not told of his recording cannot end it.
    private func underWay(_ store: any StoreTransaction, _ call: CallContext) throws -> RecordingRecord? {
        guard case .text(let text, _) = proof, let lease = LeaseText(text),
            let run = try store.run(key: lease.runKey), store.isVisible(run, call),
            let known = try store.recording(run: run.key, call: self.call), known.recorder == recorder,
            known.state == .started
        else { return nil }
        return known
    }

    /// All of them end in one transaction when their recorder has died.
    private func refuseMany(
        _ run: RunRecord, _ store: any StoreTransaction, _ call: CallContext
    ) throws {
        let limit = call.environment.settings.limits.recordingsUnderWay
        if try store.startedRecordingCount(run: run.key) < limit { return }
        throw Failure(
            .limitExceeded, "\(limit) recorded calls of the run have not ended", run: run.id,
            hint: "Complete or fail some of them first, or raise `limits.recordings_under_way`."
        ).with(\.limit, "recordings_under_way")
    }

    private var asked: RawJSON { reserve.map(RawJSON.init(validated:)) ?? .emptyObject }

    private func write(
        _ run: RunRecord, _ store: any StoreTransaction, _ call: CallContext
    ) throws -> Int64 {
        var new = RecordingRecord(
            run: run.key, number: try store.lastRecording(of: run) + 1, call: self.call, recorder: recorder,
            epoch: run.epoch, request: request, now: call.now)
        new.reserved = asked.bytes
        let pieces = try body.map {
            try RequestPieces($0, of: run, store, BodyKeeper(store, user: run.userID, call))
        }
        new.body = pieces?.body
        new.key = try store.insertRecording(new, epoch: run.epoch)
        if let pieces {
            try store.addRequestPieces(pieces.own, of: new.key, from: pieces.body.shared)
        }
        try store.spend(Amounts(), reserving: Amounts(reserve: asked), of: run)
        return new.number
    }
}

extension Failure {
    fileprivate static func notOpened(_ run: RunRecord) -> Failure {
        Failure(
            .invalidArgument, "this recorder has not opened the run under this lease", run: run.id,
            hint: "Call `recording.open` after each grant of the run, and then send this again.")
    }
}
