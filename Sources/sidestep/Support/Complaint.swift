import ArgumentParser
import Glibc
import Sidestep

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
        Output.complain("sidestep: \(error.message) [\(error.kind)]")
        if let owner = error.owner { Output.complain("  owner: \(describe(owner))") }
        if let hint = error.hint { Output.complain("  hint: \(hint)") }
    }

    private func describe(_ owner: SidestepError.Owner) -> String {
        let since = owner.sinceAt.map { ", since \(RelativeTime.ago($0))" } ?? ""
        return "process \(owner.pid)\(since)"
    }
}
