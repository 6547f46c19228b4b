import ArgumentParser
import Sidestep
import SidestepProtocol

/// Prints what came of a run.
struct ResultCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "result", abstract: "Print the output of a run, waiting for its end if need be.",
        discussion: """
              sidestep result nightly-1 --wait 10m

            Exit status: 0 completed (its output is printed), 1 failed or cancelled (its error goes to \
            standard error), 75 still open.
            """)

    @Option(help: ArgumentHelp("How long to wait: 10s, 5m.", valueName: "span"))
    var wait: SpanArgument?
    @OptionGroup var of: RunArgument
    @OptionGroup var common: Common

    func run() throws {
        let name = try of.name()
        let result = try common.connect().call("run.result") { writer in
            writer.member("run", name)
            writer.member("wait_ms", wait?.milliseconds)
        }
        let status = result["status"]?.string ?? ""
        if common.json {
            Output.line(result.text)
        } else if status == "completed" {
            Output.line((result["output"] ?? .null).text)
        } else {
            let error = result.present("error").map { ": \($0.text)" } ?? ""
            Output.complain("sidestep: run \(name) is \(status)\(error)")
        }
        if status != "completed" { throw ExitCode(1) }
    }
}
