import SidestepProtocol

/// What the journal holds of a step.
struct StepRecord: Sendable {
    enum Status: String, Sendable {
        case running, backoff, waiting, completed, failed, unknown
    }

    let step: String
    let status: Status
    /// What it was called with, as far as its caller said it.
    let fingerprint: String?
    /// The output of a completed step, the error of a failed one.
    let payload: RawJSON?

    init(step: String, status: Status, fingerprint: String? = nil, payload: RawJSON?) {
        self.step = step
        self.status = status
        self.fingerprint = fingerprint
        self.payload = payload
    }

    /// Reads an element of `steps`; nil for a status that this client does not know.
    init?(_ json: RawJSON) {
        guard let step = json["step"]?.string,
            let status = json["status"]?.string.flatMap(Status.init)
        else { return nil }
        self.init(
            step: step, status: status, fingerprint: json["fingerprint"]?.string,
            payload: status == .failed ? json["error"] : json["output"])
    }

    /// Whether the call has happened, or may have: it has a place in the program.
    var isSettled: Bool { status == .completed || status == .failed || status == .unknown }
}
