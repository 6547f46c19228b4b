import ArgumentParser
import Sidestep
import SidestepProtocol

/// Draws what a run did over time.
struct TimelineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "timeline",
        abstract: "Draw what a run did over time: who had it, its steps, when it was lost.",
        discussion: """
              sidestep timeline nightly-1
              sidestep timeline nightly-1 --last 10m        only the last ten minutes of it

            A row is a life of the run (from the grant of its lease to its end) or a step:

              =  somebody has the run       ~  attempts that failed, and the time until the next
              #  a step is executed         .  a step waits
              x  a step has failed          >  goes on      ?  nobody knows its outcome

            Steps that are too short to be seen by themselves share a row.
            """)

    @Option(help: "Columns of the whole drawing; those of the terminal when left out.")
    var width: Int?
    @Option(help: ArgumentHelp("Only the last part of it: 10m, 2h.", valueName: "span"))
    var last: SpanArgument?
    @OptionGroup var of: RunArgument
    @OptionGroup var common: Common

    func validate() throws {
        if let width, !(40...4000).contains(width) {
            throw ValidationError("--width is from 40 to 4000 columns")
        }
    }

    func run() throws {
        let name = try of.name()
        let connection = try common.connect()
        let run = try connection.call("run.get") { $0.member("run", name) }["run"] ?? .null
        let width = width ?? max(40, TerminalSize.current.columns)
        let end = run.present("closed_at")?.int ?? RelativeTime.now()
        let found = try connection.call("run.timeline") { writer in
            writer.member("run", name)
            writer.member("width", max(1, width - TimelineDrawing.margin))
            writer.member("from_at", last.map { max(0, end - $0.milliseconds) })
        }
        if common.json { return Output.line(found.text) }
        for line in TimelineDrawing(found, width: width).lines(of: run) { Output.line(line) }
    }
}
