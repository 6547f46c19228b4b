import ArgumentParser
import Glibc
import Sidestep
import SidestepHost
import SidestepProtocol

/// An error as this program ends with it: two lines on standard error and an exit status.
struct Complaint {
    let error: SidestepError

    init(_ error: SidestepError) { self.error = error }

    /// The status, by the names of sysexits(3).
    var status: Int32 {
        if error.isTemporary && error.kind != .connectionLost { return 75 }
        switch error.kind {
        case .daemonNotFound, .connectionLost: return 69
        case .invalidArgument: return 64
        default: return 70
        }
    }

    /// Prints the error and ends the program.
    func end() -> Never {
        print()
        exit(status)
    }

    func print() {
        if Self.isJSON { return Output.complain(json.text) }
        Output.complain("sidestep: \(error.message) [\(error.kind)]")
        if let owner = error.owner { Output.complain("  owner: \(describe(owner))") }
        if let cause { Output.complain("  cause: \(cause)") }
        if let hint = error.hint { Output.complain("  hint: \(hint)") }
    }

    /// Whether the command line asks for JSON: then its errors are JSON, too, one object on a line.
    private static let isJSON = ProgramArguments.all.prefix { $0 != "--" }.contains("--json")

    private var json: RawJSON {
        .object { writer in
            writer.object("error") { writer in
                writer.member("kind", error.kind.rawValue)
                writer.member("message", error.message)
                writer.member("run", error.run)
                writer.member("step", error.step)
                writer.member("owner_pid", error.owner?.pid)
                writer.member("failure", error.failure)
                writer.member("hint", error.hint)
            }
            writer.member("status", Int(status))
        }
    }

    /// What was recorded of the failure behind the error.
    private var cause: String? {
        guard let failure = error.failure else { return nil }
        let type = failure["type"]?.string.map { "\($0): " } ?? ""
        return failure["message"]?.string.map { type + $0 } ?? failure.text
    }

    private func describe(_ owner: SidestepError.Owner) -> String {
        let since = owner.since.map { ", since \(RelativeTime.ago($0.milliseconds))" } ?? ""
        return "process \(owner.pid)\(since)"
    }
}
