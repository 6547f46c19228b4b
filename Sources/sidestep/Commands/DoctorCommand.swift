import ArgumentParser
import Glibc
import Sidestep
import SidestepModel
import SidestepProtocol
import SidestepRecorder
import SidestepRecording

/// Runs a program twice and says whether its second run would have been a replay.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Run a program twice, and say whether its calls would be replayed.",
        discussion: """
              sidestep doctor -- python agent.py

            The first time its calls to providers are recorded, and paid. The second time nothing is sent: each call \
            is answered by what was recorded. Where one differs, the first difference is named, with the option or the \
            change in the program that would cure it. What else the program does happens twice; --workspace sets a \
            folder back in between. The run stays for `sidestep recordings` and `sidestep diff`. With --json the \
            program's output goes to standard error.

            Exit status: 0 when the second run asked what the first one had asked, 1 when it did not or no call was \
            seen; else the program's, when it ended badly by itself.
            """)

    @Option(
        help: ArgumentHelp("The run that is recorded, begun anew; a new one when left out.", valueName: "run")
    )
    var id: String?
    @OptionGroup var folder: WorkspaceOptions
    @OptionGroup var recording: RecordArguments
    @OptionGroup var common: Common
    @Argument(parsing: .postTerminator, help: "The program and its arguments, after --.")
    var command: [String] = []

    func validate() throws { if command.isEmpty { throw ValidationError("no program: write it after --") } }

    func run() throws { try Supervisor.ExitStatus.end(with: examine) }

    private func examine() throws -> Int32 {
        Output.complain("sidestep: the program is run twice: what it does besides its calls happens twice")
        let out = common.json ? OutputAside() : nil
        let connection = try common.connect()
        let first = try FirstRun(command, id, recording, folder, connection)
        var diagnosis = Diagnosis(run: first.run, first: first)
        if first.end.status == 0, first.report.calls > 0 {
            Output.complain("sidestep: once more, with the answers of run \(first.run)")
            try first.workspace?.prepareTelling(of: first.run)
            diagnosis.second = try Comparison(command, with: first.run, recording, connection)
        }
        out?.putBack()
        if common.json { Output.line(diagnosis.json.text) }
        Output.complain("sidestep: " + diagnosis.sentence)
        return diagnosis.status
    }
}

/// Standard output, kept for what a command itself has to say: a program writes to standard error meanwhile.
private struct OutputAside {
    private let kept = fcntl(1, F_DUPFD_CLOEXEC, 3)

    init() { dup2(2, 1) }

    func putBack() {
        dup2(kept, 1)
        close(kept)
    }
}
