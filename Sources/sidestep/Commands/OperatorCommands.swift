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

/// Deletes a run.
struct DeleteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete a run and everything recorded for it.",
        discussion: "Exit status 1 when there was none.")
    @Argument(help: ArgumentHelp("The run.", valueName: "run"))
    var name: String
    @OptionGroup var common: Common

    func run() throws {
        guard let result = try common.show("run.delete", { $0.member("run", name) }) else { return }
        guard result["deleted"]?.bool == true else {
            Output.complain("there is no run \(name)")
            throw ExitCode(1)
        }
        Output.complain("run \(name) deleted")
    }
}
