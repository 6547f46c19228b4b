import ArgumentParser
import Sidestep
import SidestepProtocol

/// Pauses runs.
struct PauseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Pause a run, or many: their owners can record nothing more.",
        discussion: """
              sidestep pause research-1
              sidestep pause --workflow research --dry-run
            """)
    @OptionGroup var of: RunsArguments
    @OptionGroup var common: Common

    func run() throws {
        guard let name = try of.one() else {
            return try ManyRuns(action: "pause", outcome: "paused", arguments: of, common: common).run()
        }
        if try common.show("run.pause", { $0.member("run", name) }) != nil {
            Output.complain("run \(name) paused")
        }
    }
}

/// Lets paused runs go on.
struct UnpauseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unpause", abstract: "Let a paused run go on, or many: they wait for their next owners.",
        discussion: """
              sidestep unpause research-1
              sidestep unpause --workflow research --all
            """)
    @OptionGroup var of: RunsArguments
    @OptionGroup var common: Common

    func run() throws {
        guard let name = try of.one() else {
            return try ManyRuns(action: "unpause", outcome: "may go on", arguments: of, common: common).run()
        }
        if try common.show("run.unpause", { $0.member("run", name) }) != nil {
            Output.complain("run \(name) may go on")
        }
    }
}

/// Opens failed and cancelled runs again.
struct RetryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Open a failed or cancelled run again, or many.",
        discussion: """
              sidestep retry research-1
              sidestep retry --workflow research --status failed --since 1d

            Finished steps stay, failed ones are executed again. The run waits for a worker, or for its program to \
            be started again.
            """)
    @OptionGroup var of: RunsArguments
    @OptionGroup var common: Common

    func run() throws {
        guard let name = try of.one() else {
            return try ManyRuns(action: "retry", outcome: "opened again", arguments: of, common: common).run()
        }
        let reply = try common.connect().call("run.bulk") { writer in
            writer.member("action", "retry")
            writer.member("runs", [name])
        }
        if let skipped = reply["skipped"]?.elements.first {
            throw SidestepError(
                .init(rawValue: skipped["kind"]?.string ?? ""),
                skipped["message"]?.string ?? "", run: name)
        }
        if common.json { return Output.line(reply.text) }
        Output.complain("run \(name) opened again")
    }
}

/// Asks runs to end.
struct CancelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "Ask a run and its children to end, or many; the owner may first undo what it did.",
        discussion: """
              sidestep cancel research-1 --reason "no longer needed" --grace 2m
              sidestep cancel --workflow research --before 1d --dry-run

            After the grace the run is cancelled whatever its owner does. --kill ends the owner's process, too.
            """)
    @OptionGroup var of: RunsArguments
    @Option(help: "Why.")
    var reason: String?
    @Option(help: ArgumentHelp("How long the owner may take.", valueName: "span"))
    var grace: SpanArgument?
    @Flag(help: "End the owner's process, too; of one run.")
    var kill = false
    @OptionGroup var common: Common

    func validate() throws {
        if kill, of.isFilter || of.runs.count > 1 || of.dryRun {
            throw ValidationError("--kill ends the owner of one run that is named")
        }
    }

    func run() throws {
        guard let name = try of.one() else {
            return try ManyRuns(
                action: "cancel", outcome: "asked to end", arguments: of, common: common, options: write
            ).run()
        }
        let result = try common.show("run.cancel") { writer in
            writer.member("run", name)
            write(&writer)
            writer.member("kill", kill ? true : nil)
        }
        guard let run = result?["run"] else { return }
        if run["status"]?.string == "cancelled" { return Output.complain("run \(name) cancelled") }
        let until = run["cancel"]?["at"]?.int.map { RelativeTime.to($0) } ?? "soon"
        Output.complain("run \(name) was asked to end; it is over \(until) at the latest")
    }

    private func write(_ writer: inout JSONWriter) {
        writer.member("reason", reason)
        writer.member("grace_ms", grace?.milliseconds)
    }
}

/// Deletes runs.
struct DeleteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete a run and everything recorded for it, or many.",
        discussion: """
              sidestep delete research-1
              sidestep delete --workflow research --status cancelled --before 7d

            `--missing-ok` is content when there is none. A run that has an owner is not deleted.
            """)
    @OptionGroup var of: RunsArguments
    @Flag(help: "End well when there is no such run; of one run.")
    var missingOk = false
    @OptionGroup var common: Common

    func validate() throws {
        if of.runs.isEmpty, !of.isFilter { throw ValidationError("say which run is to be deleted") }
    }

    func run() throws {
        guard let name = try of.one() else {
            return try ManyRuns(action: "delete", outcome: "deleted", arguments: of, common: common).run()
        }
        let result = try common.connect().call("run.delete") { $0.member("run", name) }
        let wasThere = result["deleted"]?.bool == true
        guard wasThere || missingOk else {
            throw SidestepError(.runNotFound, "there is no run '\(name)'", run: name)
        }
        if common.json { return Output.line(result.text) }
        if wasThere { Output.complain("run \(name) deleted") }
    }
}
