import ArgumentParser
import Sidestep
import SidestepProtocol

/// Says what became of an unknown step.
struct ResolveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resolve", abstract: "Say what became of an unknown step.",
        discussion: """
              sidestep resolve order-17 pay --completed '{"receipt": 4711}'
              sidestep resolve order-17 pay --rerun
              sidestep resolve order-17 pay --failed "the bank refused it"
            """)

    @Argument(help: ArgumentHelp("The run.", valueName: "run"))
    var name: String
    @Argument(help: "The step.")
    var step: String
    @Flag(help: "It did not happen: run it again.")
    var rerun = false
    @Option(help: "It happened, with this output as JSON.")
    var completed: JSONArgument?
    @Option(help: "It failed, for this reason.")
    var failed: String?
    @OptionGroup var common: Common

    func validate() throws {
        let verdicts = [rerun, completed != nil, failed != nil].filter { $0 }.count
        if verdicts != 1 { throw ValidationError("give one of --rerun, --completed JSON, --failed TEXT") }
    }

    func run() throws {
        let result = try common.show("step.resolve") { writer in
            writer.member("run", name)
            writer.member("step", step)
            writer.member("as", rerun ? "rerun" : completed != nil ? "completed" : "failed")
            writer.member("output", completed?.value)
            if let failed {
                writer.object("error") { writer in
                    writer.member("type", "resolved")
                    writer.member("message", failed)
                }
            }
        }
        if let result {
            Output.complain("step \(step) of \(name) is \(result["status"]?.string ?? "resolved")")
        }
    }
}
