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
              sidestep ps --status failed --tag team=search --since 1d
              sidestep ps --usage               with the calls and tokens of each, those of its children among them
              sidestep ps --view 'failed today' what `sidestep view put` saved, or the page

            A view says itself whether closed runs are meant; what is said beside it goes before it.
            """)

    @Flag(name: .shortAndLong, help: "List closed runs, too.")
    var all = false
    @Option(help: ArgumentHelp("Only runs of this saved view.", valueName: "name"))
    var view: String?
    @OptionGroup var filter: RunFilterOptions
    @Flag(help: "Show what each has used.")
    var usage = false
    @Option(name: [.customShort("n"), .long], help: "At most so many.")
    var limit = 50
    @OptionGroup var common: Common

    func validate() throws {
        if limit < 1 { throw ValidationError("--limit is at least 1") }
    }

    func run() throws {
        let connection = try common.connect()
        let wanted = try wanted(connection)
        var runs: [RawJSON] = []
        var cursor: RawJSON?
        repeat {
            let page = try connection.call("run.list") { write(&$0, wanted, cursor) }
            runs += page["runs"]?.elements ?? []
            cursor = page.present("more")
        } while runs.count < limit && cursor != nil
        runs = Array(runs.prefix(limit))
        show(runs, usage && !common.json ? try runs.map { try used($0, connection) } : nil)
    }

    /// Calls, tokens and money of a run.
    private func used(_ run: RawJSON, _ connection: BlockingConnection) throws -> [String] {
        let found = try connection.call("run.get") { $0.member("run", run["id"]?.string) }
        let usage = found["usage"] ?? .emptyObject
        let calls = found["recordings"]?.members.reduce(0) { $0 + ($1.value.int ?? 0) } ?? 0
        let tokens = ["input_tokens", "output_tokens"].reduce(0) { $0 + (usage[$1]?.int ?? 0) }
        let micros = usage["cost_micros"]?.int
        return [
            calls > 0 ? "\(calls)" : "", tokens > 0 ? "\(tokens)" : "",
            micros.map { "\(Double($0) / 1_000_000)" } ?? "",
        ]
    }

    /// What runs are found by: the view, and what is said besides.
    private func wanted(_ connection: BlockingConnection) throws -> RawJSON {
        let said = RawJSON.object { writer in
            filter.write(&writer)
            if view == nil && !all && filter.status == nil { writer.member("open", true) }
        }
        guard let view else { return said }
        var saved = try SavedView.filter(view, connection).members
        if filter.status != nil || all { saved.removeAll { ["status", "open"].contains($0.key) } }
        return .object { writer in
            for (key, value) in said.members { writer.member(key, value) }
            for (key, value) in saved where said[key] == nil { writer.member(key, value) }
        }
    }

    private func write(_ writer: inout JSONWriter, _ wanted: RawJSON, _ cursor: RawJSON?) {
        for (key, value) in wanted.members { writer.member(key, value) }
        writer.member("limit", min(limit, 1000))
        writer.member("cursor", cursor)
    }

    private func show(_ runs: [RawJSON], _ used: [[String]]?) {
        if common.json {
            let list = RawJSON.object { writer in
                writer.array("runs") { writer in runs.forEach { writer.raw($0) } }
            }
            return Output.line(list.text)
        }
        let hasOthers = UserName.areOthers(in: runs)
        let user = hasOthers ? ["USER"] : []
        var table = Table(
            ["RUN"] + user + ["WORKFLOW", "STATUS", "OWNER", "STARTED", "CHANGED"]
                + (used == nil ? [] : ["CALLS", "TOKENS", "COST"]))
        for (index, run) in runs.enumerated() {
            let line = RunLine(run)
            let whose = hasOthers ? [Column.user.cell(run)] : []
            table.add(
                [line.id] + whose + [line.workflow, line.status, line.owner, line.started, line.changed]
                    + (used?[index] ?? []))
        }
        table.print(
            orWhenEmpty: all || filter.status != nil || view != nil
                ? "There are no such runs." : "No run is open (--all lists all).")
    }
}
