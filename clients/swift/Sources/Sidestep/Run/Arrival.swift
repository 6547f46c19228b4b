import SidestepProtocol

/// One of the things that a wait waits for.
public enum Awaited: Sendable, Hashable {
    /// A signal of this name to this run.
    case signal(String)
    /// A promise of this name of this run.
    case promise(String)
    /// The end of the run with this id.
    case run(String)
}

/// What ended a wait.
public enum Arrival: Sendable {
    case signal(String, value: RawJSON)
    case promise(String, value: RawJSON)
    case rejected(promise: String, error: RawJSON)
    case run(String, Run.Outcome)
    /// Nothing came in time.
    case timeout

    init(_ output: RawJSON) {
        let (name, value) = (output["name"]?.string ?? "", output["value"] ?? .null)
        switch output["by"]?.string {
        case "signal": self = .signal(name, value: value)
        case "promise" where output["status"]?.string == "rejected":
            self = .rejected(promise: name, error: output["error"] ?? .null)
        case "promise": self = .promise(name, value: value)
        case "run": self = .run(name, Run.Outcome(awaited: output))
        default: self = .timeout
        }
    }
}

/// Thrown out of a workflow that let go of its run until something comes: a worker goes on with it then.
///
/// A workflow that catches it gets it again from the next call of its run: the run is another process's by then.
public struct RunSuspended: Error, Sendable {
    /// The run that was left.
    public let run: String
}

extension Run.Outcome {
    /// How a run ended that a wait waited for.
    init(awaited output: RawJSON) {
        switch output["status"]?.string {
        case "completed": self = .completed(output["value"] ?? .null)
        case "cancelled": self = .cancelled
        default: self = .failed(output["error"] ?? .null)
        }
    }
}

extension JSONWriter {
    mutating func object(_ awaited: Awaited) {
        beginObject()
        switch awaited {
        case .signal(let name): member("signal", name)
        case .promise(let name): member("promise", name)
        case .run(let id): member("run", id)
        }
        endObject()
    }
}
