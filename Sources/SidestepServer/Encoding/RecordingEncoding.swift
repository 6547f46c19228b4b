import SidestepEngine
import SidestepModel
import SidestepProtocol

extension JSONWriter {
    mutating func recording(_ name: String, _ view: RecordingView) {
        key(name)
        recording(view)
    }

    mutating func recording(_ view: RecordingView) {
        let recording = view.recording
        beginObject()
        member("recording", recording.number)
        member("generation", view.generation)
        member("epoch", recording.epoch)
        member("state", view.state.rawValue)
        request(recording.request)
        payload("tool_ids", recording.response.toolIDs)
        member("status", recording.response.status)
        member("content_type", recording.response.contentType)
        member("response_bytes", recording.response.bytes)
        member("request_bytes", recording.body?.bytes)
        payload("usage", recording.usage)
        member("usage_source", recording.usageSource?.rawValue)
        member("finish", recording.response.finish)
        member("tries", recording.tries)
        member("message", recording.message)
        member("superseded_by", view.reroll?.supersededBy)
        instant("started_at", recording.started)
        member("first_byte_ms", recording.response.firstByteMilliseconds)
        member("duration_ms", recording.response.durationMilliseconds)
        instant("completed_at", recording.ended)
        instant("forgotten_at", recording.forgotten)
        endObject()
    }

    private mutating func request(_ request: RecordedRequest) {
        member("upstream", request.upstream)
        member("http_method", request.httpMethod)
        member("path", request.path)
        payload("keys", request.keys)
        member("sealed", request.sealed)
        member("model", request.model)
        member("stream", request.isStream)
        payload("tool_refs", request.toolRefs)
    }

    /// A recording with its bytes.
    mutating func members(of found: GetRecording.Result) {
        recording("recording", found.view)
        if let bytes = found.response {
            let response = found.view.recording.response
            object("response") { writer in
                writer.member("status", response.status)
                writer.payload("headers", response.headers)
                writer.member("content_type", response.contentType)
                writer.body(bytes)
                writer.payload("splits", response.splits)
                writer.payload("pauses", response.pauses)
            }
        }
        if let bytes = found.request { object("request") { $0.body(bytes) } }
    }

    mutating func difference(_ difference: JSONDifference) {
        object { writer in
            writer.member("pointer", difference.pointer)
            writer.member("offset", difference.offset)
            writer.member("before", difference.before)
            writer.member("after", difference.after)
        }
    }

    mutating func recordings(_ name: String, _ counts: [(state: RecordingState, count: Int64)]) {
        object(name) { writer in for entry in counts { writer.member(entry.state.rawValue, entry.count) } }
    }
}
