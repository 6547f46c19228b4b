import SidestepModel
import SidestepStore

/// What a fork has in place of the answer that its source got.
public struct ForkedAnswer: Sendable {
    /// What came back; of what is nil here, the source's answer has it.
    public var response: RecordedResponse
    /// The bytes of the body.
    public var body: [UInt8]

    /// An answer that somebody wrote.
    public init(_ response: RecordedResponse, body: [UInt8]) { (self.response, self.body) = (response, body) }
}

extension ForkRun {
    /// A recording of the fork's own, under the number that it has in the source: the same request with another answer.
    func saveAnswer(
        _ source: RunRecord, _ fork: RunRecord, _ store: any StoreTransaction, _ call: inout CallContext
    ) throws {
        guard let answer, case .recording(let number) = point else { return }
        let known = try store.knownRecording(number, of: source)
        var own = RecordingRecord(
            run: fork.key, number: number, call: Identifiers.generation(random: call.environment.random),
            recorder: "fork", epoch: fork.epoch, request: known.request, now: call.now)
        // Nothing of it may depend on the source, which may be removed.
        let pieces = try store.requestPieces(of: known)
        own.body = known.body.map { RequestBody(bytes: $0.bytes) }
        own.key = try store.insertRecording(own, epoch: fork.epoch)
        try store.addRequestPieces(pieces, of: own.key, from: 0)
        let keeper = try BodyKeeper(store, user: fork.userID, call)
        try store.end(RecordingEnd(.completed, source: UsageSource.none), of: own, in: fork, &call) { own in
            own.response = try answer.placed(over: known.response, keeper)
        }
    }
}

extension ForkedAnswer {
    /// The answer with its bytes kept, and with what it does not say of itself.
    fileprivate func placed(
        over known: RecordedResponse, _ keeper: BodyKeeper
    ) throws -> RecordedResponse {
        var placed = response
        placed.block = try keeper.keep(body)
        placed.bytes = Int64(body.count)
        placed.status = response.status ?? known.status ?? 200
        placed.headers = response.headers ?? known.headers
        placed.contentType = response.contentType ?? known.contentType
        placed.toolIDs = response.toolIDs ?? known.toolIDs
        return placed
    }
}
