import ArgumentParser
import Sidestep
import SidestepProtocol

/// Lists runs.
struct PsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ps", abstract: "List runs, the newest first.",
        discussion: """
              sidestep ps                       those that are not over
              sidestep ps --all --workflow trip
              sidestep ps --status failed --tag team=search
            """)

    @Flag(name: .shortAndLong, help: "List closed runs, too.")
    var all = false
    @Option(help: "Only runs of this workflow.")
    var workflow: String?
    @Option(help: "Only runs with this status: \(Self.statuses).")
    var status: String?
    @Option(help: "Only runs with this tag; may be repeated.")
    var tag: [TagArgument] = []
    @Option(help: "Only runs whose id or workflow holds this text.")
    var text: String?
    @Option(name: [.customShort("n"), .long], help: "At most so many.")
    var limit = 50
    @OptionGroup var common: Common

    private static let statuses =
        "queued, running, waiting, interrupted, paused, completed, failed, cancelled"

    func validate() throws {
        if limit < 1 { throw ValidationError("--limit is at least 1") }
    }

    func run() throws {
        let connection = try common.connect()
        var runs: [RawJSON] = []
        var cursor: RawJSON?
        repeat {
            let page = try connection.call("run.list") { write(&$0, cursor) }
            runs += page["runs"]?.elements ?? []
            cursor = page.present("more")
        } while runs.count < limit && cursor != nil
        show(Array(runs.prefix(limit)))
    }

    private func write(_ writer: inout JSONWriter, _ cursor: RawJSON?) {
        writer.member("workflow", workflow)
        writer.member("status", status)
        writer.member("text", text)
        if !all && status == nil { writer.member("open", true) }
        if !tag.isEmpty {
            writer.object("tag") { writer in
                for tag in tag { writer.member(tag.name, tag.value) }
            }
        }
        writer.member("limit", min(limit, 1000))
        writer.member("cursor", cursor)
    }

    private func show(_ runs: [RawJSON]) {
        if common.json {
            let list = RawJSON.object { writer in
                writer.array("runs") { writer in runs.forEach { writer.raw($0) } }
            }
            return Output.line(list.text)
        }
        let hasOthers = UserName.areOthers(in: runs)
        let user = hasOthers ? ["USER"] : []
        var table = Table(["RUN"] + user + ["WORKFLOW", "STATUS", "OWNER", "STARTED", "CHANGED"])
        for run in runs {
            let line = RunLine(run)
            let whose = hasOthers ? [Column.user.cell(run)] : []
            table.add(
                [line.id] + whose + [line.workflow, line.status, line.owner, line.started, line.changed])
        }
        table.print(
            orWhenEmpty: all || status != nil
                ? "There are no such runs." : "No run is open (--all lists all).")
    }
}
