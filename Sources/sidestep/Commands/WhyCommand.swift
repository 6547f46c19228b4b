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
        let connection = try common.connect()
        let open = try OpenQuestions(name, connection)
        for sentence in result["sentences"]?.elements ?? [] { Output.line(sentence.string ?? sentence.text) }
        for sentence in open.sentences { Output.line(sentence) }
        if let next = result["next"]?.string { Output.line("Next: \(next)") }
        if let command = result["command"]?.string { Output.line("To change it: \(command)") }
        let status = result["run"]?["status"]?.string
        if status != "completed" { try tracebacks(name, connection).forEach { $0.print() } }
    }

    private func tracebacks(_ name: String, _ connection: BlockingConnection) throws -> [RecordedTraceback] {
        let run = try connection.call("run.get") { $0.member("run", name) }
        let failed = try ["failed", "backoff"].flatMap { status in
            let page = try connection.call("step.list") {
                $0.member("run", name)
                $0.member("status", status)
                $0.member("limit", 20)
            }
            return page["steps"]?.elements ?? []
        }
        return RecordedTraceback.all(of: run, failed)
    }
}
