import ArgumentParser
import Glibc
import Sidestep
import SidestepHost

/// What steps of an earlier execution left working when their script died: it would work beside their next attempt.
///
/// Only steps without a result: what a finished step left running is meant to run.
struct Orphans {
    enum Handling: String, CaseIterable, ExpressibleByArgument { case end, wait, fail }

    private let trees: [ProcessTree]

    /// - Parameter keys: the idempotency keys of the steps.
    init(keys: [String]) {
        trees = keys.map { ProcessTree(mark: .beginning(WorkMark.everyStep(key: $0))) }
    }

    /// The processes that are left, on this machine.
    var processes: [Int32] { trees.isEmpty ? [] : ProcessTree.processes(of: trees) }

    /// From SIGTERM to SIGKILL.
    private static let grace: Int64 = 5000
    /// Between two looks at what is waited for, microseconds.
    private static let interval: UInt32 = 100_000

    /// Returns when nothing is left.
    ///
    /// - Throws: `SidestepError` of kind `run_owned` when something is, and is not to be ended.
    func settle(_ handling: Handling, within span: Duration? = nil) throws {
        let left = processes
        guard !left.isEmpty else { return }
        switch handling {
        case .end:
            Output.complain("sidestep: ending \(Self.text(left)) that an earlier execution left behind")
            ProcessTree.end(trees, graceMilliseconds: Self.grace)
            try refuse(processes, "cannot be ended")
        case .wait:
            Output.complain("sidestep: waiting for \(Self.text(left)) of an earlier execution")
            let end = span.map { ContinuousClock.now + $0 }
            while !processes.isEmpty, end.map({ $0 > .now }) ?? true { usleep(Self.interval) }
            try refuse(processes, "works")
        case .fail: try refuse(left, "works")
        }
    }

    private func refuse(_ left: [Int32], _ why: String) throws {
        guard !left.isEmpty else { return }
        throw SidestepError(
            .runOwned, "\(Self.text(left)) of an earlier execution still \(why)",
            hint: "end it, or give `--orphan end`; `--orphan wait` waits for it")
    }

    /// Processes by their numbers.
    static func text(_ processes: [Int32]) -> String {
        (processes.count == 1 ? "process " : "processes ")
            + processes.map(String.init).joined(separator: ", ")
    }
}
