import SidestepModel
import SidestepProtocol
import SidestepStore

/// What the outcome of a wait looks like: the output of its step.
enum WaitOutput {
    /// The time is over: a sleep's end, or a wait's time-out.
    static let time = detail { $0.member("by", "time") }

    static func signal(_ signal: SignalRecord) -> Payload {
        detail { writer in
            writer.member("by", "signal")
            writer.member("name", signal.name)
            writer.member("value", signal.value.map(RawJSON.init(validated:)) ?? .null)
        }
    }

    static func promise(_ promise: PromiseRecord) -> Payload {
        detail { writer in
            writer.member("by", "promise")
            writer.member("name", promise.name)
            outcome(promise.status.rawValue, promise.value, promise.error, &writer)
        }
    }

    static func run(_ run: RunRecord, _ payloads: RunPayloads) -> Payload {
        detail { writer in
            writer.member("by", "run")
            writer.member("name", run.id)
            outcome(run.status.rawValue, payloads.output, payloads.error, &writer)
        }
    }

    private static func outcome(
        _ status: String, _ value: Payload?, _ error: Payload?, _ writer: inout JSONWriter
    ) {
        writer.member("status", status)
        if status == "resolved" || status == "completed" {
            writer.member("value", value.map(RawJSON.init(validated:)) ?? .null)
        } else {
            writer.member("error", error.map(RawJSON.init(validated:)) ?? .null)
        }
    }
}
