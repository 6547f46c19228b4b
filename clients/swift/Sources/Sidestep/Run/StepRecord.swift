import SidestepProtocol

/// What the journal holds of a step.
struct StepRecord: Sendable {
    enum Status: String, Sendable {
        case running, backoff, waiting, completed, failed, unknown
    }

    let step: String
    let status: Status
    /// The output of a completed step, the error of a failed one.
    let payload: RawJSON?

    init(step: String, status: Status, payload: RawJSON?) {
        self.step = step
        self.status = status
        self.payload = payload
    }

    /// Reads an element of `steps`; nil for a status that this client does not know.
    init?(_ json: RawJSON) {
        guard let step = json["step"]?.string,
            let status = json["status"]?.string.flatMap(Status.init)
        else { return nil }
        self.init(step: step, status: status, payload: status == .failed ? json["error"] : json["output"])
    }
}

/// The journal of a run as `resume` delivered it, and what was recorded since.
struct Journal: Sendable {
    private var records: [String: StepRecord] = [:]
    var names = StepNames()

    subscript(step: String) -> StepRecord? { records[step] }

    mutating func note(_ record: StepRecord) { records[record.step] = record }

    mutating func add(_ steps: [RawJSON]) {
        for record in steps.compactMap({ StepRecord($0) }) { note(record) }
    }

    /// Prepares for another execution of the workflow: completed steps stay, failed ones are forgotten.
    mutating func restart() {
        names.restart()
        records = records.filter { $0.value.status != .failed }
    }
}
