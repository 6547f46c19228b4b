import Sidestep
import SidestepModel
import SidestepProtocol

/// The steps of a run as its journal has them.
struct RecordedSteps {
    let run: String
    let connection: BlockingConnection

    /// What is recorded of a step; nil when there is none of this name.
    func record(_ step: String) throws -> RawJSON? {
        do {
            return try connection.call("step.get") { writer in
                writer.member("run", run)
                writer.member("step", step)
            }
        } catch let error as SidestepError where error.kind == .invalidArgument {
            return nil
        }
    }

    /// The output of a step; nil when it has none.
    func output(_ step: String) throws -> RawJSON? {
        guard let record = try record(step), Self.isCompleted(record) else { return nil }
        return record["output"] ?? .null
    }

    /// Passes the steps on, page by page, until `visit` has enough of them.
    ///
    /// - Parameters:
    ///   - status: only those with it; nil for all.
    ///   - size: steps on a page at most; nil is what the daemon thinks right.
    func pages(
        _ status: StepStatus? = nil, size: Int? = nil, _ visit: (_ steps: [RawJSON]) throws -> Bool
    ) throws {
        var cursor: RawJSON?
        repeat {
            let page = try connection.call("step.list") { writer in
                writer.member("run", run)
                writer.member("status", status?.rawValue)
                writer.member("limit", size)
                writer.member("cursor", cursor)
            }
            guard try visit(page["steps"]?.elements ?? []) else { return }
            cursor = page.present("more")
        } while cursor != nil
    }

    /// The names of the steps with a status.
    ///
    /// - Parameter limit: how many are enough; nil for all.
    func names(_ status: StepStatus, limit: Int? = nil) throws -> [String] {
        var names: [String] = []
        try pages(status, size: limit) { steps in
            names += steps.compactMap { $0["step"]?.string }
            return names.count < limit ?? .max
        }
        return names
    }

    /// The failed steps that no completed step around them has answered for.
    func unansweredFailures() throws -> [String] {
        try names(.failed).filter { name in
            try !Self.around(name).contains { try record($0).map(Self.isCompleted) ?? false }
        }
    }

    /// The names of steps that this one may be within: `a` and `a/b` of `a/b/c`.
    private static func around(_ name: String) -> [String] {
        name.indices.filter { name[$0] == "/" }.map { String(name[..<$0]) }.filter { !$0.isEmpty }
    }

    private static func isCompleted(_ record: RawJSON) -> Bool {
        record["status"]?.string == StepStatus.completed.rawValue
    }
}
