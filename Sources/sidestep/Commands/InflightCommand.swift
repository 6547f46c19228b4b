import ArgumentParser
import Sidestep
import SidestepModel
import SidestepProtocol

/// Lists the steps that somebody has to look at.
struct InflightCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inflight", abstract: "List the steps whose outcome nobody knows.",
        discussion: """
            An at-most-once step whose process died inside it is unknown: it may have happened or not. Look, \
            then say so with `sidestep resolve`.
            """)

    @Flag(name: .shortAndLong, help: "List running steps, too.")
    var all = false
    @OptionGroup var common: Common

    func run() throws {
        guard
            let result = try common.show("step.inflight", { writer in if all { writer.member("all", true) } })
        else { return }
        let steps = result["steps"]?.elements ?? []
        var table = Table("RUN", "STEP", "STATUS", "ATTEMPT", "STARTED")
        for step in steps {
            table.add(
                step["run"]?.string ?? "", step["step"]?.string ?? "",
                Output.status(step["status"]?.string ?? ""),
                "\(step["attempt"]?.int ?? 0)", step["started_at"]?.int.map { RelativeTime.ago($0) } ?? "")
        }
        sayWhatWorks(steps)
        table.print(orWhenEmpty: all ? "No step is running or unknown." : "No step is unknown.")
        guard let unknown = steps.first(where: { $0["status"]?.string == "unknown" }) else { return }
        let words = [unknown["run"]?.string ?? "", unknown["step"]?.string ?? ""].map { ShellText.word($0) }
        Output.line(
            "To resolve: sidestep resolve \(words[0]) \(words[1]) --rerun | --completed JSON | --failed TEXT")
    }

    /// A step whose script died is unknown, and its command may be at work all the same.
    private func sayWhatWorks(_ steps: [RawJSON]) {
        for step in steps where step["status"]?.string == "unknown" {
            guard let run = step["run"]?.string, let name = step["step"]?.string, let uid = uid(of: run)
            else { continue }
            let left = Orphans(keys: ["\(uid)/\(name)"]).processes
            guard !left.isEmpty else { continue }
            Output.complain("\(run) \(name) is still at work here: \(Orphans.text(left))")
        }
    }

    private func uid(of run: String) -> String? {
        let answer = try? common.connect().call("run.get") { $0.member("run", run) }
        return answer?["run"]?["uid"]?.string
    }
}
