import ArgumentParser
import Sidestep
import SidestepProtocol

/// What users have, and what it takes.
struct UsageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "usage", abstract: "Say what takes space: runs, steps and bytes by user and workflow.",
        discussion: """
              sidestep usage                       yours, what takes most first
              sidestep usage --workflow crawl
              sidestep usage --user bob --json     of another user, for an administrator

            Bytes are those of payloads: inputs, outputs, errors, messages, state, streams, artifacts, events, \
            bodies of recorded calls, memories, conversations and graphs. Names and indexes come on top; \
            `sidestep stats` has the size of the files. What several runs share is counted once.

            The daemon counts beside its work, and keeps the figures for a minute, or longer where counting takes \
            long: the last line says how old they are, --fresh has them counted again as soon as may be. \
            `sidestep prune` and `sidestep delete` make room.
            """)

    @Option(help: "Only what this user has; that of others is an administrator's.")
    var user: UserArgument?
    @Option(help: "Only runs of this workflow.")
    var workflow: String?
    @Flag(help: "Count again, also when the figures are new.")
    var fresh = false
    @Option(name: [.customShort("n"), .long], help: "At most so many lines.")
    var limit = 50
    @OptionGroup var common: Common

    func validate() throws {
        if !(1...1000).contains(limit) { throw ValidationError("--limit is 1 to 1000") }
    }

    func run() throws {
        let found = try common.show("system.usage") { writer in
            writer.member("user", user?.uid)
            writer.member("workflow", workflow)
            writer.member("limit", limit)
            if fresh { writer.member("max_age_ms", 0) }
        }
        guard let found else { return }
        let lines = found["lines"]?.elements ?? []
        let hasOthers = UserName.areOthers(in: lines)
        var table = Table((hasOthers ? ["USER"] : []) + ["WORKFLOW", "OPEN", "CLOSED", "STEPS", "BYTES"])
        for line in lines {
            table.add((hasOthers ? [Column.user.cell(line)] : []) + [name(line)] + counts(line))
        }
        if lines.count > 1, let all = found["all"] {
            table.add((hasOthers ? [""] : []) + ["all"] + counts(all))
        }
        table.print(orWhenEmpty: "There is nothing that takes space.")
        Output.complain(age(found))
    }

    private func name(_ line: RawJSON) -> String { line["workflow"]?.string ?? "(beside runs)" }

    private func counts(_ line: RawJSON) -> [String] {
        ["open_runs", "closed_runs", "steps"].map { "\(line[$0]?.int ?? 0)" }
            + [ByteCount.text(line["bytes"]?.int ?? 0)]
    }

    private func age(_ found: RawJSON) -> String {
        let more = found["more"]?.int ?? 0
        let rest = more > 0 ? "; \(more) more lines are left out (--limit)" : ""
        return "counted \(RelativeTime.ago(found["counted_at"]?.int ?? 0))\(rest)"
    }
}
