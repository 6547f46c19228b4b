import ArgumentParser
import Glibc
import Sidestep

/// Runs a program against what a run recorded, and nothing else.
struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Run a program with the answers that a run recorded, without a network.",
        discussion: """
              sidestep replay --check research-1 -- python agent.py

            Nothing is sent and nothing is written; the run stays as it is, and may be over. A call that the run \
            did not record is answered by 409. The program's other effects are real.

            Exit status: 1 when a call was not recorded, or a recorded one was not made; else the program's.
            """)

    @Option(help: ArgumentHelp("The run whose calls are compared.", valueName: "run"))
    var check: String
    @OptionGroup var recording: RecordArguments
    @OptionGroup var common: Common
    @Argument(parsing: .postTerminator, help: "The program and its arguments, after --.")
    var command: [String] = []

    func validate() throws { if command.isEmpty { throw ValidationError("no program: write it after --") } }

    func run() throws { try Supervisor.ExitStatus.end(with: replay) }

    private func replay() throws -> Int32 {
        let found = try Comparison(command, with: check, recording, try common.connect())
        return found.isSame ? found.end.status : 1
    }
}
