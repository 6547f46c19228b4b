import SidestepModel
import SidestepStore

extension RecordingRecord: Stored {
    static var word: String { "recording" }
    static var table: String { "recording" }
    static var blank: RecordingRecord {
        RecordingRecord(
            run: 0, number: 0, call: "", recorder: "", epoch: 0,
            request: RecordedRequest(upstream: "", httpMethod: "", path: "", keys: []),
            now: Instant(milliseconds: 0))
    }

    mutating func pass(through columns: inout some Columns) {
        columns.apart("key", &key)
        columns.once("run", &run)
        columns.once("number", &number)
        columns.once("call", &call)
        columns.once("recorder", &recorder)
        columns.once("epoch", &epoch)
        var (state, ended) = (state, ended)
        columns.column("state", &state)
        request.pass(through: &columns)
        passBody(through: &columns)
        response.pass(through: &columns)
        columns.column("reserved", &reserved)
        columns.column("usage", &usage)
        columns.word("usage_source", &usageSource)
        columns.column("tries", &tries)
        columns.column("message", &message)
        columns.once("started_at", &started)
        columns.column("completed_at", &ended)
        stored(as: state, ended: ended)
        columns.column("sequence", &sequence)
        columns.column("forgotten_at", &forgotten)
    }

    /// Whether the request was kept, its length says.
    private mutating func passBody(through columns: inout some Columns) {
        var (base, shared) = (body?.base, body?.shared ?? 0)
        var (depth, bytes) = (body?.depth ?? 0, body?.bytes)
        columns.once("request_base", &base)
        columns.once("request_shared", &shared)
        columns.once("request_depth", &depth)
        columns.once("request_bytes", &bytes)
        body = bytes.map { bytes in
            var body = RequestBody(bytes: bytes)
            (body.base, body.shared, body.depth) = (base, shared, depth)
            return body
        }
    }
}

extension RecordedRequest {
    fileprivate mutating func pass(through columns: inout some Columns) {
        columns.once("upstream", &upstream)
        columns.once("http_method", &httpMethod)
        columns.once("path", &path)
        columns.once("keys", &keys)
        columns.column("model", &model)
        columns.once("stream", &isStream)
        columns.once("tool_refs", &toolRefs)
        columns.once("sealed", &sealed)
    }
}

extension RecordedResponse {
    fileprivate mutating func pass(through columns: inout some Columns) {
        columns.column("status", &status)
        columns.column("headers", &headers)
        columns.column("content_type", &contentType)
        columns.column("response", &block)
        columns.column("response_bytes", &bytes)
        columns.column("splits", &splits)
        columns.column("pauses", &pauses)
        columns.column("tool_ids", &toolIDs)
        columns.column("finish", &finish)
        columns.column("first_byte_ms", &firstByteMilliseconds)
        columns.column("duration_ms", &durationMilliseconds)
    }
}

extension RecordingState: ColumnWord {}
