import ArgumentParser
import Sidestep
import SidestepProtocol

/// Explains a run.
struct WhyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why", abstract: "Say what a run is doing, why, what happens next and how to change it.",
        discussion: "  sidestep why nightly-1")

    @OptionGroup var of: RunArgument
    @OptionGroup var common: Common

    func run() throws {
        let name = try of.name()
        guard let result = try common.show("run.explain", { $0.member("run", name) }) else { return }
        let open = try OpenQuestions(name, common.connect())
        for sentence in result["sentences"]?.elements ?? [] { Output.line(sentence.string ?? sentence.text) }
        for sentence in open.sentences { Output.line(sentence) }
        if let next = result["next"]?.string { Output.line("Next: \(next)") }
        if let command = result["command"]?.string { Output.line("To change it: \(command)") }
    }
}
