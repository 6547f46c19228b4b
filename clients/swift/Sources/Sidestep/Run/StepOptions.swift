import SidestepProtocol

/// How one step is executed.
struct StepOptions: Sendable {
    var retry: RetryPolicy?
    var atMostOnce = false
    var timeout: Duration?
    var fingerprint: String?

    /// Writes the parameters of `step.begin` for the step recorded as `step`.
    func write(_ step: String, to writer: inout JSONWriter) {
        writer.member("step", step)
        writer.member("fingerprint", fingerprint)
        if atMostOnce { writer.member("at_most_once", true) }
        writer.member("retry", retry?.json)
        if let timeout {
            writer.object("timeouts") { $0.member("start_to_close_ms", timeout.milliseconds) }
        }
    }
}

/// What the daemon says when a step is to begin.
enum StepBegin {
    /// It has a recorded output already.
    case completed(RawJSON)
    /// The body may run, once the back-off of an earlier attempt is over.
    case execute(attempt: Int?, delay: Duration)

    init(_ result: RawJSON) {
        if result["status"]?.string == "completed" {
            self = .completed(result["output"] ?? .null)
        } else {
            self = .execute(
                attempt: result["attempt"]?.int, delay: .milliseconds(result["delay_ms"]?.int ?? 0))
        }
    }
}
