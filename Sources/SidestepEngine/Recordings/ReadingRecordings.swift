import SidestepModel
import SidestepStore

/// A recording as methods show it.
public struct RecordingView: Sendable {
    /// The record as the store has it.
    public var recording: RecordingRecord
    /// The generation that it is asked for in.
    public var generation: Int64
    /// Whether its answer is not to be given again, and what took its place.
    public var reroll: RecordingReroll?

    /// What became of it, as this run sees it.
    public var state: RecordingState {
        reroll == nil || recording.state != .completed ? recording.state : .superseded
    }

    /// About how many bytes it takes in a reply.
    var bytes: Int {
        let request = recording.request
        return request.keys.count + request.path.utf8.count + (request.toolRefs?.count ?? 0)
            + (recording.response.toolIDs?.count ?? 0) + (recording.usage?.count ?? 0)
            + (recording.message?.utf8.count ?? 0) + 400
    }
}

extension StoreReader {
    func view(_ recording: RecordingRecord, in run: RunRecord) throws -> RecordingView {
        RecordingView(
            recording: recording, generation: run.generation,
            reroll: recording.state == .completed ? try rerolls(of: run)[recording.number] : nil)
    }
}

/// The recordings of a run, without what was sent and what came back.
public struct ListRecordings: Query {
    /// The id of a run that the caller may see.
    public let run: String
    /// Counts the beginnings under this id, from 1; nil is the newest.
    public var generation: Int64?
    /// The number of the last one of the page before; 0 begins at the first.
    public var after: Int64 = 0
    /// Recordings of one page at most.
    public var limit = 1000
    /// About how many bytes a page may have.
    public var maxBytes = 8 << 20
    /// Only those in one of these states; nil lists all.
    public var states: Set<RecordingState>?

    /// A call of `recording.list`.
    public init(run: String) { self.run = run }

    /// Answers with a page in the order of the numbers; a fork's begins with what it shares.
    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> Page<RecordingView> {
        let run = try store.visibleRun(run, generation: generation, call)
        let rerolls = try store.rerolls(of: run)
        var (found, bytes, last): ([RecordingView], Int, Int64) = ([], 0, after)
        while true {
            let page = try store.recordings(of: run, after: last, limit: limit)
            for recording in page.items {
                let view = RecordingView(
                    recording: recording, generation: run.generation, reroll: rerolls[recording.number])
                last = recording.number
                guard states?.contains(view.state) ?? true else { continue }
                if found.count == limit || (bytes > maxBytes && !found.isEmpty) {
                    return Page(items: found, hasMore: true)
                }
                found.append(view)
                bytes += view.bytes
            }
            if !page.hasMore { return Page(items: found, hasMore: false) }
        }
    }
}

/// One recording, with what came back and, if it is wanted, with what was sent.
public struct GetRecording: Query {
    /// The id of a run that the caller may see.
    public let run: String
    /// Counts the beginnings under this id, from 1; nil is the newest.
    public var generation: Int64?
    /// Its number.
    public let recording: Int64
    /// Whether the request is wanted as well.
    public var wantsRequest = false

    /// A call of `recording.get`.
    public init(run: String, recording: Int64) {
        (self.run, self.recording) = (run, recording)
    }

    /// A recording with its bytes.
    public struct Result: Sendable {
        /// What is known of it.
        public var view: RecordingView
        /// The body of the response; nil when there is none.
        public var response: [UInt8]?
        /// The body of the request; nil when it was not asked for, or not kept.
        public var request: [UInt8]?
    }

    /// Answers with the recording; `invalid_argument` when the run has none of this number.
    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> Result {
        let run = try store.visibleRun(run, generation: generation, call)
        let view = try store.view(try store.knownRecording(recording, of: run), in: run)
        return Result(
            view: view,
            response: view.recording.forgotten != nil
                ? nil : try view.recording.response.block.map { try store.recordingBlock($0) },
            request: wantsRequest ? try store.request(of: view.recording) : nil)
    }
}

extension StoreReader {
    func knownRecording(_ number: Int64, of run: RunRecord) throws -> RecordingRecord {
        guard let known = try recording(of: run, number: number) else {
            throw Failure.noRecording(number, run)
        }
        return known
    }

    /// The bytes of a request; nil when they were not kept.
    func request(of recording: RecordingRecord) throws -> [UInt8]? {
        guard recording.body != nil else { return nil }
        var bytes: [UInt8] = []
        for block in try requestPieces(of: recording) { bytes += try recordingBlock(block) }
        return bytes
    }
}
