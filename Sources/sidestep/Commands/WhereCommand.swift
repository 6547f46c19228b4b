import ArgumentParser
import Sidestep
import SidestepProtocol

/// Says which daemon the other commands would have.
struct WhereCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "where",
        abstract: "Say which daemon the commands of this shell have, and where its database is; starts none.",
        discussion: "Exit status: 0 one answers or would be started, 69 neither.")

    @OptionGroup var common: Common

    func run() throws {
        let location = DaemonLocation.find(socket: common.socket)
        if common.json { Output.line(Self.json(location).text) }
        if let problem = location.problem {
            if !common.json { Complaint(problem).print() }
            throw ExitCode(69)
        }
        if common.json { return }
        var fields = Fields()
        fields.add("socket", location.socket)
        fields.add("database", location.database)
        fields.add("daemon", location.answers ? "answers" : "would be started")
        fields.print()
    }

    static func json(_ location: DaemonLocation) -> RawJSON {
        .object { writer in
            writer.member("socket", location.socket)
            writer.member("database", location.database)
            writer.member("answers", location.answers)
            writer.member("problem", location.problem?.message)
            writer.member("hint", location.problem?.hint)
        }
    }
}
