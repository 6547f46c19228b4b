import Sidestep
import SidestepModel
import SidestepProtocol

/// The steps of a run as its journal has them.
struct RecordedSteps {
    let run: String
    let connection: BlockingConnection

    /// The names of the steps with a status.
    ///
    /// - Parameter limit: how many are enough; nil for all.
    func names(_ status: StepStatus, limit: Int? = nil) throws -> [String] {
        var names: [String] = []
        var cursor: RawJSON?
        repeat {
            let page = try connection.call("step.list") { writer in
                writer.member("run", run)
                writer.member("status", status.rawValue)
                writer.member("cursor", cursor)
                writer.member("limit", limit)
            }
            names += page["steps"]?.elements.compactMap { $0["step"]?.string } ?? []
            cursor = page.present("more")
        } while cursor != nil && names.count < limit ?? .max
        return names
    }

    /// The failed steps that no completed step around them has answered for.
    func unansweredFailures() throws -> [String] {
        try names(.failed).filter { name in
            try !Self.around(name).contains { try isCompleted($0) }
        }
    }

    /// The names of steps that this one may be within: `a` and `a/b` of `a/b/c`.
    private static func around(_ name: String) -> [String] {
        name.indices.filter { name[$0] == "/" }.map { String(name[..<$0]) }.filter { !$0.isEmpty }
    }

    private func isCompleted(_ step: String) throws -> Bool {
        let record = try? connection.call("step.get") { writer in
            writer.member("run", run)
            writer.member("step", step)
        }
        return record?["status"]?.string == StepStatus.completed.rawValue
    }
}
