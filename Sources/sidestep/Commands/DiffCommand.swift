import ArgumentParser
import Sidestep
import SidestepProtocol

/// Compares two runs, or the requests of two recorded calls.
struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Compare the steps of two runs, or two recorded calls.",
        discussion: """
              sidestep diff research-1 research-1b      their steps, the first difference first
              sidestep diff research-1 4                what call 4 asked, and the one before it to the same place
              sidestep diff research-1 4 --other 2
              sidestep diff research-1 4 --against research-1b

            A number is a recorded call; with --runs it is a run that is called so. \
            Exit status: 0 nothing differs, 1 something does.
            """)

    @Argument(help: ArgumentHelp("A run.", valueName: "run"))
    var name: String
    @Argument(help: ArgumentHelp("Another run, or a recorded call.", valueName: "other"))
    var other: String
    @Option(name: .customLong("other"), help: "The call to compare it with.")
    var call: Int?
    @Option(help: ArgumentHelp("The run that has that call.", valueName: "run"))
    var against: String?
    @Flag(help: "Take both for runs, whatever they are called.")
    var runs = false
    @OptionGroup var key: RecordingKeyOption
    @OptionGroup var common: Common

    private var recording: Int? { runs ? nil : Int(other) }

    func validate() throws {
        if recording == nil && (call != nil || against != nil) {
            throw ValidationError("--other and --against are about recorded calls: give the number of one")
        }
    }

    func run() throws {
        guard let recording else { return try compareRuns() }
        try RequestDifferences(
            run: name, recording: recording, other: call, against: against, key: key, common: common
        ).show()
    }

    private func compareRuns() throws {
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
