import ArgumentParser
import Sidestep
import SidestepProtocol

/// What runs are found by, as `ps` lists them and as one thing is done to many.
struct RunFilterOptions: ParsableArguments {
    @Option(help: "Only runs of this workflow.")
    var workflow: String?
    @Option(help: "Only runs with this status: \(Self.statuses).")
    var status: String?
    @Option(help: "Only runs with this tag; may be repeated.")
    var tag: [TagArgument] = []
    @Option(help: "Only runs whose id or workflow holds this text.")
    var text: String?
    @Option(help: ArgumentHelp("Only runs made no longer ago than this: 2h, 7d.", valueName: "span"))
    var since: SpanArgument?
    @Option(help: ArgumentHelp("Only runs made longer ago than this.", valueName: "span"))
    var before: SpanArgument?
    @Option(help: "Only runs of this user; those of others are an administrator's.")
    var user: UserArgument?

    private static let statuses =
        "queued, running, waiting, interrupted, paused, completed, failed, cancelled"

    /// Whether nothing is said.
    var isEmpty: Bool {
        workflow == nil && status == nil && tag.isEmpty && text == nil && since == nil && before == nil
            && user == nil
    }

    /// The members of `run.list` and `run.bulk`.
    func write(_ writer: inout JSONWriter) {
        writer.member("workflow", workflow)
        writer.member("status", status)
        writer.member("text", text)
        writer.member("newer_than_ms", since?.milliseconds)
        writer.member("older_than_ms", before?.milliseconds)
        writer.member("user", user?.uid)
        if tag.isEmpty { return }
        writer.object("tag") { writer in
            for tag in tag { writer.member(tag.name, tag.value) }
        }
    }
}
