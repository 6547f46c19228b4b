import ArgumentParser
import Sidestep
import SidestepProtocol

/// Compares two runs.
struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Compare the steps of two runs, the first difference first.",
        discussion: """
              sidestep diff research-1 research-1b

            Exit status: 0 no step differs, 1 some do.
            """)

    @Argument(help: ArgumentHelp("A run.", valueName: "run"))
    var name: String
    @Argument(help: ArgumentHelp("Another run.", valueName: "run"))
    var other: String
    @OptionGroup var common: Common

    func run() throws {
        let found = try common.connect().call("run.diff") { writer in
            writer.member("run", name)
            writer.member("other", other)
        }
        let steps = found["steps"]?.elements ?? []
        if common.json {
            Output.line(found.text)
        } else {
            show(found, steps)
        }
        if !steps.isEmpty { throw ExitCode(1) }
    }

    private func show(_ found: RawJSON, _ steps: [RawJSON]) {
        var fields = Fields()
        fields.add("status", both(found, "run", "other") { $0["status"]?.string })
        fields.add("input", found["same_input"]?.bool == true ? "the same" : "differs")
        fields.add("output", found["same_output"]?.bool == true ? "the same" : "differs")
        let (same, shared) = (found["same"]?.int ?? 0, found["shared"]?.int ?? 0)
        fields.add("same steps", "\(same)" + (shared > 0 ? " (\(shared) of them one record)" : ""))
        fields.print()
        if steps.isEmpty { return Output.line("No step differs.") }
        Output.line("")
        var table = Table("STEP", "CHANGE", name.uppercased(), other.uppercased())
        for step in steps {
            table.add(
                step["step"]?.string ?? "", words[step["change"]?.string ?? ""] ?? "",
                outcome(step.present("run")), outcome(step.present("other")))
        }
        table.print(orWhenEmpty: "")
        if found["more"]?.bool == true { Output.line("… (there are more differences)") }
    }

    private var words: [String: String] {
        ["changed": "changed", "only_in_run": "only in \(name)", "only_in_other": "only in \(other)"]
    }

    private func both(_ found: RawJSON, _ left: String, _ right: String, _ read: (RawJSON) -> String?)
        -> String
    {
        let (ours, theirs) = (found[left].flatMap(read) ?? "", found[right].flatMap(read) ?? "")
        return ours == theirs ? ours : "\(ours), \(theirs)"
    }

    private func outcome(_ step: RawJSON?) -> String {
        guard let step else { return "" }
        let payload = step.present("output") ?? step.present("error")
        let text = payload.map(\.text) ?? ""
        let cut = text.count > 40 ? text.prefix(39) + "…" : text
        return step["status"]?.string == "completed" ? cut : "\(step["status"]?.string ?? "") \(cut)"
    }
}
