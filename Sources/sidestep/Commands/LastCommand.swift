import ArgumentParser
import Glibc
import Sidestep
import SidestepProtocol

/// Names the newest run.
struct LastCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "last",
        abstract: "Print the id of the newest run, of all or of one script.",
        discussion: """
              sidestep show "$(sidestep last backup)"
              sidestep why "$(sidestep last ./backup.sh --status failed)"

            The name is that of a workflow, or the path of a script whose run has its name (`sidestep start --daily`); \
            else the beginning of an id, up to a hyphen.
            Exit status 1 when there is none.
            """)

    @Argument(help: ArgumentHelp("A workflow, a script, or the beginning of ids.", valueName: "workflow"))
    var name: String?
    @Option(help: "Only a run with this status.")
    var status: String?
    @OptionGroup var common: Common

    func run() throws {
        guard let run = try newest(common.connect()) else {
            Output.complain("sidestep: there is no such run")
            Glibc.exit(1)
        }
        Output.line(common.json ? run.text : run["id"]?.string ?? "")
    }

    private func newest(_ connection: BlockingConnection) throws -> RawJSON? {
        guard let name else { return try list(connection, limit: 1) { _ in }.first }
        let base = ScriptName.base(name)
        if let run = try list(connection, limit: 1, { $0.member("workflow", base) }).first { return run }
        // The text may stand anywhere in an id; only its beginning is meant.
        return try list(connection, limit: 1000) { $0.member("text", base) }.first { run in
            let id = run["id"]?.string ?? ""
            return id == base || id.hasPrefix(base + "-")
        }
    }

    private func list(
        _ connection: BlockingConnection, limit: Int, _ write: (inout JSONWriter) -> Void
    ) throws -> [RawJSON] {
        try connection.call("run.list") { writer in
            write(&writer)
            writer.member("status", status)
            writer.member("limit", limit)
        }["runs"]?.elements ?? []
    }
}
