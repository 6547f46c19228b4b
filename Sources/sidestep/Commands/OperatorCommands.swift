import ArgumentParser
import Sidestep
import SidestepProtocol

/// Pauses a run.
struct PauseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Pause a run: its owner can record nothing more.")
    @OptionGroup var of: RunArgument
    @OptionGroup var common: Common

    func run() throws {
        let name = try of.name()
        if try common.show("run.pause", { $0.member("run", name) }) != nil {
            Output.complain("run \(name) paused")
        }
    }
}

/// Lets a paused run go on.
struct UnpauseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unpause", abstract: "Let a paused run go on: it waits for its next owner.")
    @OptionGroup var of: RunArgument
    @OptionGroup var common: Common

    func run() throws {
        let name = try of.name()
        if try common.show("run.unpause", { $0.member("run", name) }) != nil {
            Output.complain("run \(name) may go on")
        }
    }
}

/// Asks a run to end.
struct CancelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "Ask a run and its children to end; the owner may first undo what it did.",
        discussion: """
              sidestep cancel research-1 --reason "no longer needed" --grace 2m

            After the grace the run is cancelled whatever its owner does. --kill ends the owner's process, too.
            """)
    @OptionGroup var of: RunArgument
    @Option(help: "Why.")
    var reason: String?
    @Option(help: ArgumentHelp("How long the owner may take.", valueName: "span"))
    var grace: SpanArgument?
    @Flag(help: "End the owner's process, too.")
    var kill = false
    @OptionGroup var common: Common

    func run() throws {
        let name = try of.name()
        let result = try common.show("run.cancel") { writer in
            writer.member("run", name)
            writer.member("reason", reason)
            writer.member("grace_ms", grace?.milliseconds)
            writer.member("kill", kill ? true : nil)
        }
        guard let run = result?["run"] else { return }
        if run["status"]?.string == "cancelled" { return Output.complain("run \(name) cancelled") }
        let until = run["cancel"]?["at"]?.int.map { RelativeTime.to($0) } ?? "soon"
        Output.complain("run \(name) was asked to end; it is over \(until) at the latest")
    }
}

/// Deletes a run.
struct DeleteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete a run and everything recorded for it.",
        discussion: "`--missing-ok` is content when there is none.")
    @Argument(help: ArgumentHelp("The run.", valueName: "run"))
    var name: String
    @Flag(help: "End well when there is no such run.")
    var missingOk = false
    @OptionGroup var common: Common

    func run() throws {
        let result = try common.connect().call("run.delete") { $0.member("run", name) }
        let wasThere = result["deleted"]?.bool == true
        guard wasThere || missingOk else {
            throw SidestepError(.runNotFound, "there is no run '\(name)'", run: name)
        }
        if common.json { return Output.line(result.text) }
        if wasThere { Output.complain("run \(name) deleted") }
    }
}
