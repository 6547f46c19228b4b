/// One call of a run's program to a service, as a recorder sent it and wrote it down.
public struct RecordingRecord: Sendable, Equatable {
    /// The store's own number; 0 before it is saved.
    public var key: Int64 = 0
    /// The key of the run that made the call; a fork of it may share the recording.
    public var run: Int64
    /// Counts the calls of the run from 1: `recording` on the wire.
    public var number: Int64
    /// What only the recorder that began it knows: whoever says it may end it.
    public var call: String
    /// The process that sent it, by the name that it gave itself.
    public var recorder: String
    /// The lease under which it began.
    public var epoch: Int64
    /// What became of it.
    public private(set) var state = RecordingState.started
    /// The request as the recorder has described it.
    public var request: RecordedRequest
    /// Where the request's bytes are; nil when they were not kept.
    public var body: RequestBody?
    /// What came back; empty until something has.
    public var response = RecordedResponse()
    /// What it set aside of budgets, JSON as of `step.begin`; nil once that was given back.
    public var reserved: Payload?
    /// What was used, a JSON object: what was reported, or what is assumed.
    public var usage: Payload?
    /// Who says what was used; nil while nobody does.
    public var usageSource: UsageSource?
    /// How often it was sent.
    public var tries: Int64 = 1
    /// A sentence on why it came to nothing.
    public var message: String?
    /// When it began.
    public var started: Instant
    /// When it ended; nil while it is under way.
    public private(set) var ended: Instant?
    /// The place in the journal of its end.
    public var sequence: Int64?
    /// When its bodies were deleted, and the keys that it was known again by; nil while it has them.
    public var forgotten: Instant?

    /// A call that is about to be sent.
    public init(
        run: Int64, number: Int64, call: String, recorder: String, epoch: Int64, request: RecordedRequest,
        now: Instant
    ) {
        (self.run, self.number, self.call) = (run, number, call)
        (self.recorder, self.epoch, self.request) = (recorder, epoch, request)
        started = now
    }

    /// The recording after `event`; nil when that cannot happen where it stands.
    public func after(_ event: RecordingEvent, at now: Instant) -> RecordingRecord? {
        guard let state = state.after(event) else { return nil }
        var record = self
        record.state = state
        record.ended = now
        return record
    }

    /// The recording without its bodies, and without what tells of them.
    public func forgotten(at now: Instant) -> RecordingRecord {
        var record = self
        record.forgotten = now
        (record.body, record.message) = (nil, nil)
        (record.request.keys, record.request.toolRefs) = (Payload("[]".utf8), nil)
        record.response.loseContent()
        return record
    }

    /// Says where the record stands that a store reads; nothing happens to it. For stores alone.
    public mutating func stored(as state: RecordingState, ended: Instant?) {
        (self.state, self.ended) = (state, ended)
    }
}

/// A request as its recorder has described it: enough to know it again.
public struct RecordedRequest: Sendable, Equatable {
    /// The name of the service.
    public var upstream: String
    /// GET, POST and the like.
    public var httpMethod: String
    /// The path, with the query that counts.
    public var path: String
    /// By what it is known again, the strictest first: a JSON array of texts that only the recorder understands.
    public var keys: Payload
    /// The model that was asked for, or that answered.
    public var model: String?
    /// Whether the answer comes in parts.
    public var isStream = false
    /// Ids of tool calls in the request, a JSON array.
    public var toolRefs: Payload?
    /// By what its recorder has encrypted the bodies, in its own words; nil where they are as they were.
    public var sealed: String?

    /// A request without a model.
    public init(upstream: String, httpMethod: String, path: String, keys: Payload) {
        (self.upstream, self.httpMethod) = (upstream, httpMethod)
        (self.path, self.keys) = (path, keys)
    }
}

/// Where the bytes of a request are: so many pieces of another's, then its own.
public struct RequestBody: Sendable, Equatable {
    /// Past so many requests, each of which begins like the one before, one is written down whole.
    public static let depthLimit: Int64 = 256

    /// The key of the recording that it begins like; nil when all pieces are its own.
    public var base: Int64?
    /// How many pieces it shares with that one.
    public var shared: Int64 = 0
    /// How many recordings have to be looked at for the whole.
    public var depth: Int64 = 0
    /// Its length.
    public var bytes: Int64

    /// A request of which no piece is another's.
    public init(bytes: Int64) { self.bytes = bytes }
}

/// What came back for a call.
public struct RecordedResponse: Sendable, Equatable {
    /// The status that HTTP has for it.
    public var status: Int64?
    /// Its headers, a JSON array of pairs of texts.
    public var headers: Payload?
    /// What kind of bytes they are.
    public var contentType: String?
    /// The key of its bytes.
    public var block: Int64?
    /// How many they are.
    public var bytes: Int64?
    /// Where parts of them began, a JSON array of offsets.
    public var splits: Payload?
    /// Milliseconds before each part, one more than splits, a JSON array; nil where nobody said.
    public var pauses: Payload?
    /// Ids of tool calls in it, a JSON array.
    public var toolIDs: Payload?
    /// Why the model stopped.
    public var finish: String?
    /// Milliseconds from the request to the first byte.
    public var firstByteMilliseconds: Int64?
    /// Milliseconds from the request to the last byte.
    public var durationMilliseconds: Int64?

    /// Nothing yet.
    public init() {}

    /// What tells of the body goes with it.
    public mutating func loseContent() { (headers, splits, pauses, toolIDs) = (nil, nil, nil, nil) }
}

/// Who records for a run.
public struct RecorderRecord: Sendable, Equatable {
    /// The key of the run.
    public var run: Int64
    /// By what requests are known again: made once for a run, the same for its generations and forks.
    public var secret: [UInt8]
    /// The process that opened it last, by the name that it gave itself.
    public var name: String
    /// The lease under which it did.
    public var epoch: Int64
    /// How long after the run's end bodies are kept, milliseconds; nil as long as the run.
    public var retainMilliseconds: Int64?
    /// Whether they go when the run completes.
    public var forgetsOnSuccess = false

    /// A recorder that has opened a run.
    public init(run: Int64, secret: [UInt8], name: String, epoch: Int64) {
        (self.run, self.secret, self.name, self.epoch) = (run, secret, name, epoch)
    }
}

/// An answer that is not to be given again.
public struct RecordingReroll: Sendable, Equatable {
    /// The key of the run in which it is not.
    public var run: Int64
    /// The recording, by its number there.
    public var number: Int64
    /// The one that took its place, if that is known.
    public var supersededBy: Int64?
    /// The place in the journal: a fork that was made before it still has the answer.
    public var sequence: Int64

    /// An answer that was found to be no good.
    public init(run: Int64, number: Int64, supersededBy: Int64?, sequence: Int64) {
        (self.run, self.number) = (run, number)
        (self.supersededBy, self.sequence) = (supersededBy, sequence)
    }
}
