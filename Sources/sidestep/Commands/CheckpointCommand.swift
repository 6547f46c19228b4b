import ArgumentParser
import Sidestep
import SidestepProtocol

/// Saves state of the script's run.
struct CheckpointCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "checkpoint", abstract: "Save the state of the run.",
        discussion: """
              sidestep checkpoint --state '{"page": 7}'
              jq -n '{page: 8}' | sidestep checkpoint --state - --step-number 8
              sidestep checkpoint --messages '{"keep": 2, "append": [{"role": "user"}]}'

            Prints the resume token: whoever holds it can go on from here.
            """)

    @Option(help: "The state, as JSON; `-` reads it from standard input.")
    var state: JSONArgument?
    @Option(
        help: "The message history: an array, or {\"keep\": n, \"append\": […]}; `-` reads standard input.")
    var messages: JSONArgument?
    @Option(help: "A number to note with it.")
    var stepNumber: Int?
    @Option(help: "What to call it.")
    var name: String?
    @Option(help: "Anything to note with it, as JSON.")
    var metadata: JSONArgument?
    @OptionGroup var common: Common

    func run() throws {
        if try Context.isOver() { return }
        let lease = try Context.lease()
        let result = try common.show("checkpoint") { writer in
            writer.member("lease", lease)
            writer.member("state", state?.value)
            writer.member("messages", change)
            writer.member("step_number", stepNumber)
            writer.member("name", name)
            writer.member("metadata", metadata?.value)
        }
        if let token = result?["resume_token"]?.string { Output.line(token) }
    }

    private var change: RawJSON? {
        guard let messages, messages.value.kind == .array else { return messages?.value }
        return .object { $0.member("all", messages.value) }
    }
}
