import SidestepEngine
import SidestepModel
import SidestepProtocol
import SidestepStore

enum RecordingHandlers {
    static var all: [String: Handler] {
        [
            "recording.open": .write({ request in
                var open = OpenRecording(proof: request.proof, recorder: request.required("recorder"))
                open.retainMilliseconds = request.params.integer("retain_ms")
                open.forgetsOnSuccess = request.params.flag("forget_on_success")
                return open
            }) { writer, opened in
                writer.member("key", Base64.encode(opened.secret))
                writer.member("run", opened.run)
                writer.member("generation", opened.generation)
                writer.member("epoch", opened.epoch)
            },
            "recording.begin": .write(begin) { $0.member("recording", $1) },
            "recording.complete": .write(complete) { $0.recording("recording", $1) },
            "recording.fail": .write(fail) { $0.recording("recording", $1) },
            "recording.list": .read(list) { writer, page in
                writer.list("recordings", page.items) { $0.recording($1) }
                writer.member("more", page.hasMore ? page.items.last?.recording.number : nil)
            },
            "recording.get": .read({ request in
                var get = GetRecording(
                    run: request.required("run"), recording: request.params.count("recording"))
                get.generation = request.params.integer("generation")
                get.wantsRequest = request.params.flag("request")
                return get
            }) { $0.members(of: $1) },
            "recording.diff": .read({ request in
                var diff = DiffRecordings(
                    run: request.required("run"), recording: request.params.count("recording"))
                diff.other = request.params.integer("other")
                diff.against = request.params.string("against")
                return diff
            }) { writer, found in
                writer.member("other", found.other)
                writer.list("differences", found.differences) { $0.difference($1) }
            },
            "recording.reroll": .write({ request in
                var reroll = RerollRecording(
                    run: request.required("run"), recording: request.params.count("recording"))
                reroll.supersededBy = request.params.integer("superseded_by")
                return reroll
            }) { $0.recording("recording", $1) },
        ]
    }

    private static func begin(_ request: Request) throws -> BeginRecording {
        let params = request.params
        guard let keys = request.payload("keys"), !RawJSON(validated: keys).elements.isEmpty else {
            throw Failure(
                .invalidArgument, "`keys` is empty, and nothing would be known again",
                hint: "Send at least one key.")
        }
        var asked = RecordedRequest(
            upstream: request.required("upstream"), httpMethod: request.required("http_method"),
            path: request.required("path"), keys: keys)
        asked.model = params.string("model")
        asked.isStream = params.flag("stream")
        asked.toolRefs = request.payload("tool_refs")
        asked.sealed = params.string("sealed")
        var begin = BeginRecording(
            proof: request.proof, recorder: request.required("recorder"), call: request.required("call"),
            request: asked)
        begin.reserve = request.payload("reserve")
        begin.body = try params.object("request").flatMap { body in
            try bytes(body, "request", request.limits).map {
                BeginRecording.Body(
                    bytes: $0, cuts: body.integers("cuts") ?? [], base: body.integer("base"))
            }
        }
        return begin
    }

    private static func fence(_ request: Request) -> RecordingFence {
        RecordingFence(
            run: request.required("run"), recording: request.params.count("recording"),
            call: request.required("call"))
    }

    private static func complete(_ request: Request) throws -> CompleteRecording {
        let params = request.params
        var response = RecordedResponse()
        response.status = params.integer("status")
        response.headers = try pairs(params.raw("headers"))
        response.contentType = params.string("content_type")
        response.splits = request.payload("splits")
        response.pauses = request.payload("pauses")
        response.toolIDs = request.payload("tool_ids")
        response.finish = params.string("finish")
        response.firstByteMilliseconds = params.integer("first_byte_ms")
        response.durationMilliseconds = params.integer("duration_ms")
        let body = try bytes(params, "response", request.limits)
        var complete = CompleteRecording(fence(request), response: response, body: body ?? [])
        complete.usage = request.payload("usage")
        complete.source = params.string("usage_source").flatMap(UsageSource.init)
        complete.model = params.string("model")
        complete.tries = params.integer("tries")
        return complete
    }

    private static func fail(_ request: Request) throws -> FailRecording {
        let params = request.params
        let events: [String: RecordingEvent] = [
            "failed": .failed, "cancelled": .cancelled, "in_doubt": .lost,
        ]
        guard let event = events[request.required("state")] else {
            preconditionFailure("the method table has checked the state")
        }
        var fail = FailRecording(fence(request), event)
        fail.status = params.integer("status")
        fail.message = params.string("message")
        fail.usage = request.payload("usage")
        fail.source = params.string("usage_source").flatMap(UsageSource.init)
        fail.tries = params.integer("tries")
        return fail
    }

    private static func list(_ request: Request) -> ListRecordings {
        var list = ListRecordings(run: request.required("run"))
        list.generation = request.params.integer("generation")
        list.after = request.params.count("after")
        list.limit = request.limit
        list.maxBytes = request.pageBytes()
        list.states = request.params.strings("states").map { Set($0.compactMap(RecordingState.init)) }
        return list
    }
}

// MARK: Bodies

extension RecordingHandlers {
    /// The bytes that `text` or `base64` stand for; nil when neither is there.
    static func bytes(_ params: Params, _ what: String, _ limits: Limits) throws -> [UInt8]? {
        let (text, encoded) = (params.string("text"), params.string("base64"))
        if text != nil, encoded != nil {
            throw Failure(
                .invalidArgument, "`text` and `base64` are two ways to send one body",
                hint: "Send `text` for UTF-8 without NUL, `base64` for anything else.")
        }
        guard let bytes = try text.map({ Array($0.utf8) }) ?? encoded.map(decoded) else { return nil }
        if bytes.count <= limits.recordingBytes { return bytes }
        throw Failure(
            .payloadTooLarge,
            "the \(what) has \(bytes.count) bytes, and at most \(limits.recordingBytes) are kept",
            hint: "Pass it on without recording it, or raise `limits.recording_bytes`."
        ).with(\.limit, "recording_bytes")
    }

    private static func decoded(_ text: String) throws -> [UInt8] {
        if let bytes = Base64.decode(text) { return bytes }
        throw Failure(.invalidArgument, "`base64` is not base64", hint: "Encode the bytes as RFC 4648 says.")
    }

    /// Headers as they came, each of which has a name and a value.
    static func pairs(_ headers: RawJSON?) throws -> Payload? {
        guard let headers else { return nil }
        if headers.elements.allSatisfy({ $0.elements.count == 2 }) { return headers.bytes }
        throw Failure(
            .invalidArgument, "`headers` are no pairs",
            hint: "Send each as an array of its name and its value.")
    }
}
