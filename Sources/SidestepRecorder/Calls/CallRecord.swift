import Sidestep
import SidestepProtocol
import SidestepRecording

/// What is kept of a call's answer.
struct CallRecord {
    let head: ReplyHead
    let body: [UInt8]
    let observer: ReplyObserver
    let usage: CallUsage
    let firstByte: Duration?
    let duration: Duration
    /// How often it was sent.
    let tries: Int
    /// In what parts it came.
    let parts: ReplyParts
    /// What seals it; nil where it is kept as it is.
    let seal: CallSeal?

    /// Of an answer that is whole.
    ///
    /// - Parameter pace: when its parts came.
    init(
        head: ReplyHead, body: [UInt8], observer: ReplyObserver, pace: ReplyPace, usage: CallUsage,
        firstByte: Duration?, duration: Duration, tries: Int, seal: CallSeal?
    ) {
        (self.head, self.body, self.observer, self.usage) = (head, body, observer, usage)
        (self.firstByte, self.duration, self.tries, self.seal) = (firstByte, duration, tries, seal)
        parts = ReplyParts(of: observer, pace, body: body.count)
    }

    /// Of the answer's headers, those that are the answer's own; the others are of the hour and the connection.
    private static let kept: Set<String> = [
        "content-type", "content-encoding", "content-disposition", "location", "request-id", "x-request-id",
    ]
    /// Ids of tools' calls that the daemon keeps.
    private static let mostTools = 10_000

    func write(to writer: inout JSONWriter) {
        writer.member("status", head.status)
        writer.array("headers") { writer in
            for header in head.headers where Self.kept.contains(header.name.lowercased()) {
                writer.beginArray()
                writer.value(header.name)
                writer.value(header.value)
                writer.endArray()
            }
        }
        writer.member("content_type", head.value(of: "content-type"))
        if let seal {
            writer.body(seal.seal.seal(answer: body, in: parts, of: seal.call))
        } else {
            writer.body(body)
            parts.write(to: &writer)
        }
        let tools = observer.facts.toolReferences
        if !tools.isEmpty { writer.member("tool_ids", Array(tools.prefix(Self.mostTools))) }
        writer.member("finish", observer.facts.finish)
        writer.member("model", observer.facts.model)
        writer.member("first_byte_ms", firstByte.map { Int($0 / .milliseconds(1)) })
        writer.member("duration_ms", Int(duration / .milliseconds(1)))
        writer.member("tries", tries)
        usage.write(to: &writer)
    }
}

/// What a call used, and who says so.
struct CallUsage {
    let usage: ReplyUsage
    let costMicros: Int64?
    let isReported: Bool
    /// Whether it is a call that costs something; what only reads is none.
    var isCall = true

    /// Nothing, of what only reads.
    static let nothing = CallUsage(usage: ReplyUsage(), costMicros: nil, isReported: false, isCall: false)

    var tokens: Int64 { usage.input &+ usage.output }

    func write(to writer: inout JSONWriter) {
        writer.object("usage") { writer in
            if !isCall { writer.member("requests", 0) }
            writer.member("input_tokens", usage.input)
            writer.member("output_tokens", usage.output)
            if usage.cached > 0 { writer.member("cached_tokens", usage.cached) }
            writer.member("cost_micros", costMicros)
        }
        writer.member("usage_source", isReported ? "reported" : isCall ? "estimated" : "none")
    }
}
