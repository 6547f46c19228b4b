import Sidestep
import SidestepProtocol

/// What a run has recorded of its steps.
struct RunSteps {
    let run: String
    let connection: BlockingConnection

    /// The output of a step; nil when it has none.
    func output(_ step: String) throws -> RawJSON? {
        do {
            let record = try connection.call("step.get") { writer in
                writer.member("run", run)
                writer.member("step", step)
            }
            return record["status"]?.string == "completed" ? record["output"] ?? .null : nil
        } catch let error as SidestepError where error.kind == .invalidArgument {
            return nil
        }
    }
}
