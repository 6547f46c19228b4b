import SidestepModel
import SidestepProtocol

/// The lines of recorded calls. What only a recorder knows of a call is not among them: it is made anew.
extension ExportLine {
    static func recorder(_ secret: [UInt8]) -> RawJSON {
        line("recorder") { $0.member("secret", Identifiers.hex(secret)) }
    }

    /// - Parameter base: the recording whose first `shared` pieces the request begins with.
    static func recording(
        _ recording: RecordingRecord, base: Int64?, shared: Int, pieces: [[UInt8]]
    ) -> RawJSON {
        line("recording") { writer in
            writer.member("recording", recording.number)
            writer.member("recorder", recording.recorder)
            writer.member("epoch", recording.epoch)
            writer.request(recording.request)
            writer.json("reserve", recording.reserved)
            writer.member("forgotten_at", recording.forgotten?.milliseconds)
            writer.member("started_at", recording.started.milliseconds)
            guard let body = recording.body else { return }
            writer.object("request") { writer in
                writer.member("bytes", body.bytes)
                writer.member("base", base)
                if base != nil { writer.member("shared", shared) }
                writer.array("pieces") { writer in
                    for piece in pieces {
                        writer.beginObject()
                        writer.body(piece)
                        writer.endObject()
                    }
                }
            }
        }
    }

    static func recordingEnd(_ recording: RecordingRecord, body: [UInt8]?) -> RawJSON {
        let response = recording.response
        return line("recording_end") { writer in
            writer.member("recording", recording.number)
            writer.member("state", recording.state.rawValue)
            writer.member("completed_at", recording.ended?.milliseconds)
            writer.member("model", recording.request.model)
            writer.member("tries", recording.tries)
            writer.member("message", recording.message)
            writer.json("usage", recording.usage)
            writer.member("usage_source", recording.usageSource?.rawValue)
            writer.member("status", response.status)
            writer.json("headers", response.headers)
            writer.member("content_type", response.contentType)
            writer.json("splits", response.splits)
            writer.json("pauses", response.pauses)
            writer.json("tool_ids", response.toolIDs)
            writer.member("finish", response.finish)
            writer.member("first_byte_ms", response.firstByteMilliseconds)
            writer.member("duration_ms", response.durationMilliseconds)
            if body == nil { writer.member("response_bytes", response.bytes) }
            if let body { writer.body(body) }
        }
    }

    static func reroll(_ reroll: RecordingReroll) -> RawJSON {
        line("reroll") { writer in
            writer.member("recording", reroll.number)
            writer.member("superseded_by", reroll.supersededBy)
        }
    }
}

extension JSONWriter {
    fileprivate mutating func json(_ name: String, _ payload: Payload?) {
        member(name, payload.map(RawJSON.init(validated:)))
    }

    fileprivate mutating func request(_ request: RecordedRequest) {
        member("upstream", request.upstream)
        member("http_method", request.httpMethod)
        member("path", request.path)
        json("keys", request.keys)
        member("sealed", request.sealed)
        member("model", request.model)
        if request.isStream { member("stream", true) }
        json("tool_refs", request.toolRefs)
    }
}
