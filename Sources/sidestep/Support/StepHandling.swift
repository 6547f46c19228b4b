import ArgumentParser
import Sidestep
import SidestepProtocol

/// How `sidestep step` treats its command's input and status.
struct StepHandling: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The command's standard input: that of the script, none, or all of it, recorded.",
            discussion: """
                When left out: none where the script itself reads from it, as in a `while read` loop and unless it \
                is a terminal.
                """))
    var stdin: StepInput.Mode?
    @Option(
        help: ArgumentHelp(
            "Exit statuses besides 0 that are results, recorded and given again, and no failures.",
            valueName: "n,n"))
    var accept = StatusesArgument(argument: "")!
    @Option(
        help: ArgumentHelp(
            "A file that gets one line: `command 3`, `timeout 124`, `output_limit 122`, or `sidestep 75 run_owned`.",
            valueName: "path"))
    var statusFile: String?
}
