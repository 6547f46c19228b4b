import SidestepModel
import SidestepProtocol
import SidestepStore

/// Recorded calls as an export has them.
extension ImportTarget {
    /// No recorder is called so, and none has anything under way.
    private static let nobody = ""

    func recorder(_ line: ImportLine) throws {
        if try store.recorder(run: run.key) != nil { throw line.broken("comes twice") }
        let secret = try line.bytes("secret", 32...32)
        try store.saveRecorder(
            RecorderRecord(run: run.key, secret: secret, name: Self.nobody, epoch: run.epoch))
    }

    func recording(_ line: ImportLine) throws {
        let number = try line.recordingNumber("recording")
        if try store.recording(run: run.key, number: number) != nil { throw line.broken("comes twice") }
        let fence = Identifiers.generation(random: call.environment.random)
        var new = RecordingRecord(
            run: run.key, number: number, call: fence, recorder: try line.name("recorder"),
            epoch: try line.count("epoch"), request: try line.recordedRequest(),
            now: try line.instant("started_at"))
        new.reserved = line.present("reserve").flatMap { $0.kind == .object ? $0.bytes : nil }
        new.forgotten = try line.optionalInstant("forgotten_at")
        let pieces = try line.present("request").map { try self.pieces(ImportLine($0, number: line.number)) }
        new.body = pieces?.body
        new.key = try store.insertRecording(new, epoch: run.epoch)
        if let pieces {
            try store.addRequestPieces(pieces.own, of: new.key, from: pieces.body.shared)
        }
    }

    private func pieces(_ line: ImportLine) throws -> RequestPieces {
        var all: [Int64] = []
        let keeper = try BodyKeeper(store, user: call.peer.uid, call)
        let own = try line.elements("pieces").map { piece in
            try keeper.keep(ImportLine(RawJSON(validated: piece), number: line.number).body() ?? [])
        }
        guard let number = try line.optionalNumber("base", in: 1...1_000_000_000) else {
            return RequestPieces(own, bytes: try line.count("bytes"))
        }
        guard let base = try store.recording(run: run.key, number: number) else {
            throw line.broken("begins like a recording that is not there")
        }
        let shared = try store.requestPieces(of: base).prefix(Int(try line.count("shared")))
        guard shared.count == (try line.count("shared")) else {
            throw line.broken("has more in common with a recording than that has")
        }
        all = Array(shared) + own
        var pieces = RequestPieces(all, bytes: try line.count("bytes"))
        try pieces.share(with: base, store)
        return pieces
    }

    func recordingEnd(_ line: ImportLine) throws {
        let number = try line.recordingNumber("recording")
        guard let begun = try store.recording(run: run.key, number: number), begun.state == .started,
            var ended = begun.after(try line.recordingEvent(), at: try line.instant("completed_at"))
        else { throw line.broken("ends no recording that is under way") }
        ended.reserved = nil
        ended.request.model = try line.optionalName("model")
        ended.tries = try line.count("tries", absent: 1)
        ended.message = try line.text("message", maxBytes: 65536)
        ended.usage = line.present("usage").flatMap { $0.kind == .object ? $0.bytes : nil }
        ended.usageSource = try line.present("usage_source") == nil ? nil : line.word("usage_source")
        ended.response = try line.recordedResponse()
        if let body = try line.body() {
            ended.response.block = try BodyKeeper(store, user: call.peer.uid, call).keep(body)
            ended.response.bytes = Int64(body.count)
        } else if ended.forgotten != nil {
            let isResult = ended.state == .completed
            ended.response.block = isResult ? try BodyKeeper(store, user: call.peer.uid, call).keep([]) : nil
            ended.response.bytes = try line.optionalNumber("response_bytes", in: 0...1 << 40)
        } else if ended.state == .completed {
            throw line.broken("has no body")
        }
        // Its entry came before it.
        ended.sequence = try store.lastSequence(run: run.key)
        try store.endRecording(ended, from: .started)
    }

    func reroll(_ line: ImportLine) throws {
        try store.insertReroll(
            RecordingReroll(
                run: run.key, number: try line.recordingNumber("recording"),
                supersededBy: try line.optionalNumber("superseded_by", in: 1...1_000_000_000),
                sequence: try store.lastSequence(run: run.key)))
    }
}

extension ImportLine {
    fileprivate func recordingNumber(_ key: String) throws -> Int64 {
        try number(key, in: 1...1_000_000_000)
    }

    fileprivate func recordingEvent() throws -> RecordingEvent {
        let events: [RecordingState: RecordingEvent] = [
            .completed: .completed, .failed: .failed, .cancelled: .cancelled, .inDoubt: .lost,
        ]
        guard let event = events[try word("state")] else { throw broken("is not at its end") }
        return event
    }

    fileprivate func recordedRequest() throws -> RecordedRequest {
        guard let keys = try list("keys", where: { $0.kind == .string }),
            let path = try text("path", maxBytes: 65536)
        else { throw broken("lacks `keys` or `path`") }
        var request = RecordedRequest(
            upstream: try name("upstream"), httpMethod: try name("http_method"), path: path, keys: keys)
        request.sealed = try optionalName("sealed")
        request.model = try optionalName("model")
        request.isStream = flag("stream")
        request.toolRefs = try list("tool_refs") { $0.kind == .string }
        return request
    }

    fileprivate func recordedResponse() throws -> RecordedResponse {
        var response = RecordedResponse()
        response.status = try optionalNumber("status", in: 100...999)
        response.headers = try list("headers") { header in
            let parts = header.elements
            return parts.count == 2 && parts.allSatisfy { $0.kind == .string }
        }
        response.contentType = try text("content_type", maxBytes: 65536)
        response.splits = try list("splits") { $0.integer.map { (0...1_000_000_000).contains($0) } ?? false }
        response.pauses = try list("pauses") {
            $0.integer.map { (0...3_155_760_000_000).contains($0) } ?? false
        }
        response.toolIDs = try list("tool_ids") { $0.kind == .string }
        response.finish = try text("finish", maxBytes: 65536)
        response.firstByteMilliseconds = try optionalNumber("first_byte_ms", in: 0...3_155_760_000_000)
        response.durationMilliseconds = try optionalNumber("duration_ms", in: 0...3_155_760_000_000)
        return response
    }

    /// An array, as it came, of which every element is as it has to be.
    private func list(_ key: String, where holds: (RawJSON) -> Bool) throws -> Payload? {
        guard let value = present(key) else { return nil }
        guard value.kind == .array, value.elements.allSatisfy(holds) else {
            throw broken("has something else in `\(key)`")
        }
        return value.bytes
    }

    /// Bytes as text or in base64; nil when there are none.
    fileprivate func body() throws -> [UInt8]? {
        if let text = present("text")?.string { return Array(text.utf8) }
        guard let encoded = present("base64") else { return nil }
        guard let bytes = encoded.string.flatMap(Base64.decode) else { throw broken("has no base64") }
        return bytes
    }
}
