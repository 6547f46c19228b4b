import ArgumentParser
import Sidestep
import SidestepProtocol

/// Removes closed runs.
struct PruneCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune", abstract: "Remove closed runs.",
        discussion: """
              sidestep prune --dry-run                    what the daemon would remove by itself
              sidestep prune --older-than 7d --status completed
              sidestep prune --keep 90d --workflow invoice    a rule: from now on they are kept so long
              sidestep prune --rules                      how long runs are kept

            Without --older-than the rules decide: closed runs are kept for 30 days unless the daemon was \
            told otherwise. Nothing is taken from forks and open children of a removed run.
            """)

    @Option(help: ArgumentHelp("Only runs closed longer ago than this: 12h, 7d.", valueName: "span"))
    var olderThan: SpanArgument?
    @Option(help: "Only runs of this workflow.")
    var workflow: String?
    @Option(help: "Only runs that ended like this: completed, failed, cancelled.")
    var status: String?
    @Flag(name: [.customShort("n"), .long], help: "Say how much would be removed, and remove nothing.")
    var dryRun = false
    @Option(
        help: ArgumentHelp(
            "Set how long such runs are kept: 90d, `forever`, or `default`.", valueName: "span"))
    var keep: String?
    @Flag(help: "Print how long runs are kept.")
    var rules = false
    @OptionGroup var common: Common

    func run() throws {
        if rules { return try show(common.connect().call("retention.list") { _ in }) }
        if let keep { return try show(put(keep)) }
        let connection = try common.connect()
        var (runs, answer) = (0, RawJSON.emptyObject)
        let progress = CountLine("removed")
        repeat {
            answer = try connection.call("run.prune", write)
            runs += answer["runs"]?.int ?? 0
            progress.show(runs, "runs")
        } while answer["more"]?.bool == true && !dryRun
        progress.end()
        report(runs, answer)
    }

    private func write(_ writer: inout JSONWriter) {
        writer.member("before", olderThan.map { max(0, RelativeTime.now() - $0.milliseconds) })
        writer.member("workflow", workflow)
        writer.member("status", status)
        if dryRun { writer.member("dry_run", true) }
    }

    private func report(_ runs: Int, _ answer: RawJSON) {
        if common.json {
            let total = RawJSON.object { writer in
                writer.member("runs", runs)
                writer.member("bytes", answer.present("bytes"))
            }
            return Output.line(total.text)
        }
        guard dryRun else { return Output.line("removed \(runs) \(what(runs))") }
        let about = answer["estimate"]?.bool == true ? "about " : ""
        let size = answer["bytes"]?.int.map { ", \(about)\(ByteCount.text($0)) of payload" } ?? ""
        Output.line("would remove \(runs) \(what(runs))\(size)")
    }

    /// What was meant, so that a line in a log can be read by itself.
    private func what(_ count: Int) -> String {
        let kind = [status, count == 1 ? "run" : "runs"].compactMap(\.self).joined(separator: " ")
        let of = workflow.map { " of workflow \($0)" } ?? ""
        let when = olderThan.map { ", closed more than \(RelativeTime.span($0.milliseconds)) ago" }
        return kind + of + (when ?? ", as the rules of retention say")
    }

    private func put(_ keep: String) throws -> RawJSON {
        let span = SpanArgument(argument: keep)
        if span == nil, keep != "forever", keep != "default" {
            throw ValidationError("--keep is a span such as 90d, `forever` or `default`, not `\(keep)`")
        }
        return try common.connect().call("retention.put") { writer in
            writer.member("workflow", workflow)
            writer.member("status", status)
            writer.member("keep_ms", span?.milliseconds)
            if keep == "forever" { writer.member("forever", true) }
        }
    }

    private func show(_ policy: RawJSON) {
        if common.json { return Output.line(policy.text) }
        var table = Table("WORKFLOW", "STATUS", "KEPT")
        for rule in policy["rules"]?.elements ?? [] {
            table.add(
                rule["workflow"]?.string ?? "all", rule["status"]?.string ?? "all", span(rule["keep_ms"]))
        }
        table.add("otherwise", "", span(policy["default_keep_ms"]))
        table.print(orWhenEmpty: "")
    }

    private func span(_ milliseconds: RawJSON?) -> String {
        milliseconds?.int.map { RelativeTime.span($0) } ?? "for ever"
    }
}

/// Sizes as people say them.
enum ByteCount {
    static func text(_ bytes: Int) -> String {
        switch bytes {
        case ..<1024: "\(bytes) B"
        case ..<(1 << 20): "\(bytes >> 10) KiB"
        case ..<(1 << 30): "\(bytes >> 20) MiB"
        default: "\(bytes >> 30) GiB"
        }
    }
}
