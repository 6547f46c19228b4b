import ArgumentParser
import Sidestep
import SidestepProtocol

/// Prints the journal of a run.
struct HistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Print the journal of a run, the oldest entry first.",
        discussion: "  sidestep history nightly-1 --json | jq .kind")

    @Option(help: "Begin after this sequence.")
    var after = 0
    @OptionGroup var of: RunArgument
    @OptionGroup var common: Common

    func run() throws {
        let name = try of.name()
        let connection = try common.connect()
        var next: Int? = after
        var table = Table("SEQUENCE", "WHEN", "WHAT", "STEP", "ATTEMPT", "DETAIL")
        while let from = next {
            let page = try connection.call("run.history") { writer in
                writer.member("run", name)
                writer.member("after", from)
            }
            for entry in page["entries"]?.elements ?? [] { add(entry, to: &table) }
            next = page.present("more")?.int
        }
        if !common.json { table.print(orWhenEmpty: "The journal is empty.") }
    }

    /// As JSON, one entry is one line.
    private func add(_ entry: RawJSON, to table: inout Table) {
        if common.json { return Output.line(entry.text) }
        table.add(
            "\(entry["sequence"]?.int ?? 0)", entry["at"]?.int.map { RelativeTime.ago($0) } ?? "",
            entry["kind"]?.string ?? "", entry["step"]?.string ?? "",
            entry["attempt"]?.int.map { "\($0)" } ?? "",
            entry.present("detail").map { String($0.text.prefix(60)) } ?? "")
    }
}
