import ArgumentParser
import Glibc
import Sidestep
import SidestepProtocol

/// One thing done to many runs, a part with each call (`run.bulk`).
struct ManyRuns {
    /// The action, in the words of the wire: `cancel`.
    let action: String
    /// What then is true of the runs: `deleted`, `may go on`.
    let outcome: String
    let arguments: RunsArguments
    let common: Common
    /// What the action takes besides.
    var options: (inout JSONWriter) -> Void = { _ in }

    private struct Total {
        var runs: [String] = []
        /// Each with its reason, as the daemon says it.
        var skipped: [RawJSON] = []
    }

    /// Asks first where a filter finds the runs. Exits with 1 when some are as they were.
    func run() throws {
        let names = arguments.isFilter ? nil : try arguments.names()
        let connection = try common.connect()
        if arguments.dryRun || arguments.isFilter {
            let rehearsal = try connection.call("run.bulk") { write(&$0, names, isRehearsal: true) }
            if arguments.dryRun { return show(rehearsal) }
            guard try mayGoOn(rehearsal["count"]?.int ?? 0) else { return }
        }
        try report(change(names, connection))
    }

    /// - Parameter names: the runs that are named; nil where a filter finds them.
    private func write(
        _ writer: inout JSONWriter, _ names: [String]?, isRehearsal: Bool = false, cursor: RawJSON? = nil
    ) {
        writer.member("action", action)
        if let names {
            writer.member("runs", names)
        } else {
            arguments.filter.write(&writer)
            if arguments.all { writer.member("all", true) }
        }
        options(&writer)
        if isRehearsal { writer.member("dry_run", true) }
        writer.member("cursor", cursor)
    }

    private func change(_ names: [String]?, _ connection: BlockingConnection) throws -> Total {
        var total = Total()
        var cursor: RawJSON?
        let progress = CountLine(action)
        repeat {
            let part = try connection.call("run.bulk") { write(&$0, names, cursor: cursor) }
            total.runs += part["runs"]?.elements.compactMap(\.string) ?? []
            total.skipped += part["skipped"]?.elements ?? []
            progress.show(total.runs.count, "runs")
            cursor = part.present("more")
        } while cursor != nil
        progress.end()
        return total
    }

    /// Whether a person, or `--yes`, says so.
    private func mayGoOn(_ count: Int) throws -> Bool {
        if arguments.yes || count == 0 { return true }
        guard isatty(0) == 1, isatty(2) == 1 else {
            throw SidestepError(
                .invalidArgument, "\(action) is about \(Self.runs(count)); nothing was done",
                hint: "say --yes, or look at them with --dry-run")
        }
        Output.write("\(action) \(Self.runs(count))? [y/N] ".utf8, to: 2)
        return ["y", "yes"].contains(readLine()?.lowercased())
    }

    private func show(_ rehearsal: RawJSON) {
        if common.json { return Output.line(rehearsal.text) }
        let count = rehearsal["count"]?.int ?? 0
        Output.line("would \(action) \(Self.runs(count))")
        let named = rehearsal["runs"]?.elements.compactMap(\.string) ?? []
        for run in named { Output.line("  \(run)") }
        if count > named.count { Output.line("  and \(count - named.count) more") }
        complain(rehearsal["skipped"]?.elements ?? [])
    }

    private func report(_ total: Total) throws {
        if common.json {
            let reply = RawJSON.object { writer in
                writer.member("count", total.runs.count)
                writer.member("runs", total.runs)
                writer.array("skipped") { writer in total.skipped.forEach { writer.raw($0) } }
            }
            Output.line(reply.text)
        } else {
            complain(total.skipped)
            if total.runs.isEmpty, total.skipped.isEmpty {
                Output.complain("there are no such runs")
            } else {
                Output.complain("\(Self.runs(total.runs.count)) \(outcome)")
            }
        }
        if !total.skipped.isEmpty { throw ExitCode(1) }
    }

    private func complain(_ skipped: [RawJSON]) {
        for skipped in skipped {
            Output.complain("run \(skipped["run"]?.string ?? ""): \(skipped["message"]?.string ?? "")")
        }
    }

    private static func runs(_ count: Int) -> String { count == 1 ? "1 run" : "\(count) runs" }
}
